package io.jollyboat.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ConflictException;
import io.jollyboat.ImageId;
import io.jollyboat.ImageNotFoundException;
import io.jollyboat.StoreException;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.spi.host.FileLocks;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class ImageIndexTest extends StoreTest {
  private static final ImageReference NAME = ImageReference.parse("localhost:5000/web:1");

  private ImageIndex images() {
    return store.images();
  }

  private StoredImage image(String text, Optional<ImageId> parent, boolean step, Layer... layers) {
    List<Digest> diffIds = List.of(layers).stream().map(Layer::diffId).toList();
    return images().add(config(text, diffIds), parent, step);
  }

  private StoredImage pulled(Layer layer) {
    ImageConfig config = config("pulled", List.of(layer.diffId()));
    Manifest manifest =
        Manifest.builder(config.descriptor().withMediaType(MediaType.DOCKER_CONFIG))
            .mediaType(MediaType.DOCKER_MANIFEST)
            .layers(
                List.of(
                    store.layers().compressed(layer).withMediaType(MediaType.DOCKER_LAYER_GZIP)))
            .build();
    return images().addPulled(NAME, manifest.digest(), manifest, config);
  }

  @Test
  void add_image_isFoundByNameIdAndPrefix() {
    Layer layer = layer(Optional.empty(), "f", "12345");
    StoredImage image = image("one", Optional.empty(), false, layer);
    assertEquals(5, image.size().bytes());
    assertEquals(TIME, image.created());
    images().tag(image.id(), NAME);
    for (String name : List.of(NAME.toString(), image.id().toString(), image.id().shortHex())) {
      StoredImage found = images().find(name).orElseThrow();
      assertEquals(image.id(), found.id());
      assertEquals(List.of(NAME), found.names());
    }
    assertTrue(images().find("nothing").isEmpty());
    assertTrue(images().find("Not a Name").isEmpty());
    assertTrue(images().find("sha256:" + "0".repeat(64)).isEmpty());
  }

  @Test
  void find_beginningOfSeveral_isAConflict() {
    for (int i = 0; i < 17; i++) {
      image("image " + i, Optional.empty(), false);
    }
    long conflicts = 0;
    for (char c : "0123456789abcdef".toCharArray()) {
      try {
        boolean unused = images().find(String.valueOf(c)).isPresent();
      } catch (ConflictException e) {
        conflicts++;
      }
    }
    assertTrue(conflicts > 0);
  }

  @Test
  void add_layerIsMissing_isRefused() {
    ImageConfig config = config("x", List.of(Digest.sha256(new byte[1])));
    assertThrows(StoreException.class, () -> images().add(config, Optional.empty(), false));
  }

  @Test
  void list_steps_areOnlyInListAll() {
    StoredImage step = image("step", Optional.empty(), true);
    StoredImage result = image("result", Optional.of(step.id()), false);
    assertEquals(List.of(result.id()), images().list().stream().map(StoredImage::id).toList());
    assertEquals(2, images().listAll().size());
    assertTrue(images().find(step.id()).orElseThrow().intermediate());
    images().tag(step.id(), NAME);
    assertFalse(images().find(step.id()).orElseThrow().intermediate());
    StoredImage unused = image("step", Optional.empty(), false);
    images().untag(NAME);
    assertEquals(2, images().list().size());
  }

  @Test
  void tag_ofAnImageOfTwoSetsOfPlatforms_isOfItAlone() {
    StoredImage own = image("own", Optional.empty(), false);
    StoredImage first = image("first other", Optional.empty(), false);
    StoredImage second = image("second other", Optional.empty(), false);
    ImageReference one = ImageReference.parse("app:1");
    ImageReference two = ImageReference.parse("app:2");
    StoredImage unused = store.platforms().tag(List.of(one), List.of(own, first));
    images().tag(own.id(), NAME);
    assertEquals(2, store.platforms().of(NAME).size());
    unused = store.platforms().tag(List.of(two), List.of(own, second));
    images().tag(own.id(), ImageReference.parse("app:3"));
    assertEquals(1, store.platforms().of(ImageReference.parse("app:3")).size());
    assertEquals(second.id(), store.platforms().of(two).get(1).id());
  }

  @Test
  void platforms_prunedBeforeTheyHaveAName_areNamed() {
    StoredImage own = image("own", Optional.empty(), false);
    StoredImage other = image("other", Optional.empty(), false);
    try (FileLocks.Lock lease = store.lease()) {
      images().delete(other.id());
      StoredImage unused = store.platforms().tag(List.of(NAME), List.of(own, other));
    }
    assertEquals(2, store.platforms().of(NAME).size());
    assertTrue(images().find(other.id()).isPresent());
  }

  @Test
  void list_whileAnotherProcessRemoves_lacksWhatIsGone() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    try (ImageStore second = reopen()) {
      Thread remover =
          new Thread(
              () -> {
                for (int i = 0; i < 200; i++) {
                  ImageConfig config = config("removed " + i, List.of());
                  StoredImage made = second.images().add(config, Optional.empty(), List.of(NAME));
                  second.images().remove(made.id().toString(), id -> List.of());
                }
                done.set(true);
              });
      remover.start();
      while (!done.get() && remover.isAlive()) {
        assertTrue(images().list().size() <= 1);
      }
      remover.join();
      assertTrue(done.get());
    }
  }

  @Test
  void tag_taken_movesTheName() {
    StoredImage first = image("1", Optional.empty(), false);
    StoredImage second = image("2", Optional.empty(), false);
    images().tag(first.id(), NAME);
    images().tag(second.id(), NAME);
    assertEquals(second.id(), images().find(NAME.toString()).orElseThrow().id());
    assertTrue(images().find(first.id()).orElseThrow().names().isEmpty());
    assertThrows(ImageNotFoundException.class, () -> images().untag(ImageReference.parse("no")));
    ImageId missing = new ImageId(Digest.sha256(new byte[3]));
    assertThrows(ImageNotFoundException.class, () -> images().tag(missing, NAME));
    assertThrows(
        IllegalArgumentException.class,
        () -> images().tag(first.id(), NAME.withDigest(first.id().digest())));
  }

  @Test
  void addPulled_keepsDigestSourcesAndManifest() {
    Layer layer = layer(Optional.empty(), "f", "x");
    StoredImage image = pulled(layer);
    Manifest manifest = images().manifestFor(image.id());
    assertEquals(MediaType.DOCKER_MANIFEST, manifest.mediaType());
    assertEquals(
        List.of(NAME + "@" + manifest.digest()),
        image.names().stream().map(ImageReference::toString).toList());
    String byDigest = NAME.withDigest(manifest.digest()).toString();
    assertEquals(image.id(), images().find(byDigest).orElseThrow().id());
    Digest blob = manifest.layers().get(0).digest();
    assertTrue(store.sources().of(blob).get(0).sameRepository(NAME));
    store.blobs().delete(blob);
    Manifest made = images().manifestFor(image.id());
    assertEquals(MediaType.OCI_MANIFEST, made.mediaType());
    assertEquals(MediaType.OCI_LAYER_GZIP, made.layers().get(0).mediaType());
    assertTrue(store.blobs().find(made.layers().get(0).digest()).isPresent());
  }

  @Test
  void manifestFor_builtImage_isMadeAndRememberedWhenPushed() {
    Layer below = layer(Optional.empty(), "a", "1");
    Layer above = layer(Optional.of(below), "b", "2");
    StoredImage image = image("built", Optional.empty(), false, below, above);
    Manifest manifest = images().manifestFor(image.id());
    assertEquals(2, manifest.layers().size());
    assertEquals(image.id().digest(), manifest.config().digest());
    assertArrayEquals(manifest.bytes(), images().manifestFor(image.id()).bytes());
    images().tag(image.id(), NAME);
    images().addPushed(image.id(), NAME, manifest);
    assertEquals(
        Optional.of(manifest.digest()),
        images().find(image.id()).orElseThrow().names().get(0).digest());
  }

  @Test
  void remove_lastName_takesStepsLayersAndBlobsAlong() {
    Layer below = layer(Optional.empty(), "a", "1");
    Layer above = layer(Optional.of(below), "b", "2");
    StoredImage base = image("base", Optional.empty(), false, below);
    images().tag(base.id(), ImageReference.parse("base"));
    StoredImage step = image("step", Optional.of(base.id()), true, below, above);
    StoredImage result = image("result", Optional.of(step.id()), false, below, above);
    images().tag(result.id(), NAME);
    images().tag(result.id(), ImageReference.parse("other"));
    images().remove("other", id -> List.of("web"));
    assertThrows(
        ConflictException.class, () -> images().remove(NAME.toString(), id -> List.of("web")));
    assertThrows(
        ConflictException.class, () -> images().remove(base.id().toString(), id -> List.of()));
    images().remove(NAME.toString(), id -> List.of());
    assertEquals(List.of(base.id()), images().listAll().stream().map(StoredImage::id).toList());
    assertTrue(store.layers().find(below.chainId()).isPresent());
    assertTrue(store.layers().find(above.chainId()).isEmpty());
    assertEquals(List.of(base.id().digest()), store.blobs().list());
    assertThrows(
        ImageNotFoundException.class, () -> images().remove(NAME.toString(), id -> List.of()));
    images().remove("base", id -> List.of());
    assertTrue(store.layers().list().isEmpty());
    assertTrue(store.blobs().list().isEmpty());
  }

  @Test
  void remove_nameOfAnImageBuiltOn_onlyUntags() {
    StoredImage base = image("base", Optional.empty(), false);
    images().tag(base.id(), ImageReference.parse("base"));
    StoredImage result = image("result", Optional.of(base.id()), false);
    images().remove("base", id -> List.of());
    assertTrue(images().find("base").isEmpty());
    assertTrue(images().find(base.id()).orElseThrow().intermediate());
    images().remove(result.id().toString(), id -> List.of());
    assertTrue(images().listAll().isEmpty());
  }

  @Test
  void remove_pulledImage_takesItsDigestsAlong() {
    StoredImage image = pulled(layer(Optional.empty(), "f", "x"));
    images().remove(NAME.toString(), id -> List.of());
    assertTrue(images().find(image.id()).isEmpty());
    assertTrue(store.blobs().list().isEmpty());
  }

  @Test
  void remove_whileLeased_isSweptLater() {
    Layer layer = layer(Optional.empty(), "a", "1");
    StoredImage image = image("image", Optional.empty(), false, layer);
    FileLocks.Lock lease = store.lease();
    images().remove(image.id().toString(), id -> List.of());
    assertTrue(store.layers().find(layer.chainId()).isPresent());
    lease.close();
    ImageStore second = reopen();
    second.close();
    assertTrue(store.layers().find(layer.chainId()).isEmpty());
  }

  @Test
  void add_manyThreads_losesNothing() throws Exception {
    Thread[] threads = new Thread[8];
    for (int i = 0; i < threads.length; i++) {
      int number = i;
      threads[i] =
          new Thread(
              () -> {
                for (int j = 0; j < 10; j++) {
                  StoredImage image = image(number + "." + j, Optional.empty(), false);
                  images().tag(image.id(), ImageReference.parse("image:" + number + "." + j));
                }
              });
      threads[i].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(80, images().list().stream().mapToInt(i -> i.names().size()).sum());
  }
}
