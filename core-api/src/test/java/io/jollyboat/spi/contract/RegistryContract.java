package io.jollyboat.spi.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.JollyboatException;
import io.jollyboat.RegistryException;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Index;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.oci.Platform;
import io.jollyboat.spi.Registry;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What an engine relies on in a {@link Registry}: extend this with a registry of your own and run
 * it with JUnit 5. Every test asks for a repository that is new and may be written; what it leaves
 * there is yours to delete.
 */
public abstract class RegistryContract {
  private static final int LARGE = 5_000_000;
  private static final int THREADS = 6;
  private static final byte[] CONFIG = "{}".getBytes(StandardCharsets.UTF_8);

  private final byte[] content = bytes(3000, 1);

  /** The registry to be tested, the same within a test. */
  protected abstract Registry registry();

  /** A repository without anything in it, with a tag, another for each call. */
  protected abstract ImageReference newRepository();

  private static byte[] bytes(int length, int seed) {
    byte[] random = new byte[length];
    new Random(seed).nextBytes(random);
    return random;
  }

  private static Descriptor blob(String mediaType, byte[] bytes) {
    return Descriptor.of(mediaType, Digest.sha256(bytes), bytes.length);
  }

  /** As streams of files are: to be read once. */
  private static InputStream once(byte[] bytes) {
    return new FilterInputStream(new ByteArrayInputStream(bytes)) {
      @Override
      public boolean markSupported() {
        return false;
      }
    };
  }

  private Descriptor push(ImageReference repository, String mediaType, byte[] bytes) {
    Descriptor blob = blob(mediaType, bytes);
    registry().pushBlob(repository, blob, once(bytes));
    return blob;
  }

  private Manifest pushImage(ImageReference name, byte[] layer) {
    Descriptor config = push(name, MediaType.OCI_CONFIG, CONFIG);
    Manifest manifest = Manifest.of(config, List.of(push(name, MediaType.OCI_LAYER, layer)));
    assertEquals(
        manifest.digest(), registry().pushManifest(name, manifest.mediaType(), manifest.bytes()));
    return manifest;
  }

  private byte[] read(ImageReference repository, Descriptor blob, long offset) throws IOException {
    try (InputStream in = registry().blob(repository, blob, offset)) {
      return in.readAllBytes();
    }
  }

  @Test
  void resolve_ofWhatIsNotThere_isEmpty() {
    ImageReference name = newRepository();
    assertEquals(Optional.empty(), registry().resolve(name));
    assertEquals(Optional.empty(), registry().resolve(name.withDigest(Digest.sha256(CONFIG))));
    Manifest unused = pushImage(name, content);
    assertEquals(Optional.empty(), registry().resolve(name.withTag("another")));
  }

  @Test
  void image_pushed_isFoundByTagAndDigestByteByByte() throws IOException {
    ImageReference name = newRepository();
    Manifest manifest = pushImage(name, content);
    Descriptor found = registry().resolve(name).orElseThrow();
    assertEquals(manifest.digest(), found.digest());
    assertEquals(manifest.mediaType(), found.mediaType());
    assertEquals(manifest.bytes().length, found.size());
    assertEquals(Optional.of(found), registry().resolve(name.withDigest(found.digest())));
    assertArrayEquals(manifest.bytes(), registry().manifest(name, found));
    assertArrayEquals(content, read(name, manifest.layers().get(0), 0));
  }

  @Test
  void manifest_pushedByDigest_hasNoTag() {
    ImageReference name = newRepository();
    Descriptor config = push(name, MediaType.OCI_CONFIG, CONFIG);
    Manifest manifest = Manifest.of(config, List.of());
    assertEquals(
        manifest.digest(),
        registry()
            .pushManifest(
                name.withDigest(manifest.digest()), manifest.mediaType(), manifest.bytes()));
    assertTrue(registry().resolve(name.withDigest(manifest.digest())).isPresent());
    assertEquals(Optional.empty(), registry().resolve(name));
  }

  @Test
  void tag_pushedAgain_namesTheNewImageAndTheOldOneStays() {
    ImageReference name = newRepository();
    Manifest first = pushImage(name, content);
    Manifest second = pushImage(name, bytes(100, 2));
    assertEquals(second.digest(), registry().resolve(name).orElseThrow().digest());
    assertTrue(registry().resolve(name.withDigest(first.digest())).isPresent());
  }

  @Test
  void mediaTypes_ofDocker_areKept() {
    ImageReference name = newRepository();
    Descriptor config = push(name, MediaType.DOCKER_CONFIG, CONFIG);
    Descriptor layer = push(name, MediaType.DOCKER_LAYER_GZIP, content);
    Manifest manifest =
        Manifest.builder(config)
            .mediaType(MediaType.DOCKER_MANIFEST)
            .layers(List.of(layer))
            .build();
    assertEquals(
        manifest.digest(), registry().pushManifest(name, manifest.mediaType(), manifest.bytes()));
    assertEquals(MediaType.DOCKER_MANIFEST, registry().resolve(name).orElseThrow().mediaType());
  }

  @Test
  void index_pushed_isKeptByteByByte() {
    ImageReference name = newRepository();
    Manifest manifest = pushImage(name, content);
    Index index =
        Index.of(List.of(manifest.descriptor().withPlatform(Platform.parse("linux/arm64"))));
    assertEquals(index.digest(), registry().pushManifest(name, index.mediaType(), index.bytes()));
    Descriptor found = registry().resolve(name).orElseThrow();
    assertEquals(MediaType.OCI_INDEX, found.mediaType());
    assertArrayEquals(index.bytes(), registry().manifest(name, found));
    assertArrayEquals(manifest.bytes(), registry().manifest(name, index.manifests().get(0)));
  }

  @Test
  void blob_readFromAnOffset_isTheRest() throws IOException {
    ImageReference name = newRepository();
    Descriptor blob = push(name, MediaType.OCI_LAYER, content);
    byte[] rest = read(name, blob, content.length - 7);
    assertEquals(7, rest.length);
    assertEquals(content[content.length - 1], rest[6]);
    assertEquals(0, read(name, blob, content.length).length);
  }

  @Test
  void blob_large_streams() throws IOException {
    ImageReference name = newRepository();
    byte[] large = bytes(LARGE, 3);
    Descriptor blob = push(name, MediaType.OCI_LAYER, large);
    assertArrayEquals(large, read(name, blob, 0));
  }

  @Test
  void blob_empty_isABlob() throws IOException {
    ImageReference name = newRepository();
    Descriptor blob = push(name, MediaType.OCI_LAYER, new byte[0]);
    assertEquals(0, read(name, blob, 0).length);
    assertTrue(registry().mount(name, name, blob));
  }

  @Test
  void blob_thatIsNotThere_isARegistryError() {
    ImageReference name = newRepository();
    Manifest unused = pushImage(name, content);
    Descriptor other = blob(MediaType.OCI_LAYER, bytes(10, 4));
    assertThrows(RegistryException.class, () -> read(name, other, 0));
    assertThrows(RegistryException.class, () -> registry().manifest(name, other));
  }

  @Test
  void blob_ofAnotherContentThanNamed_isRefusedAndNotKept() {
    ImageReference name = newRepository();
    Descriptor blob = blob(MediaType.OCI_LAYER, content);
    byte[] wrong = bytes(content.length, 5);
    assertThrows(JollyboatException.class, () -> registry().pushBlob(name, blob, once(wrong)));
    assertFalse(registry().mount(name, name, blob));
    byte[] half = bytes(content.length / 2, 1);
    assertThrows(JollyboatException.class, () -> registry().pushBlob(name, blob, once(half)));
    assertFalse(registry().mount(name, name, blob));
  }

  @Test
  void mount_saysWhatIsThere() throws IOException {
    ImageReference name = newRepository();
    ImageReference other = newRepository();
    Descriptor blob = blob(MediaType.OCI_LAYER, content);
    assertFalse(registry().mount(name, name, blob));
    assertFalse(registry().mount(other, name, blob));
    Descriptor pushed = push(name, MediaType.OCI_LAYER, content);
    assertTrue(registry().mount(name, name, pushed));
    if (registry().mount(name, other, pushed)) {
      assertArrayEquals(content, read(other, pushed, 0));
    }
  }

  @Test
  void blob_pushedTwice_isThere() throws IOException {
    ImageReference name = newRepository();
    Descriptor unused = push(name, MediaType.OCI_LAYER, content);
    assertArrayEquals(content, read(name, push(name, MediaType.OCI_LAYER, content), 0));
  }

  @Test
  void blob_pushedByManyAtOnce_isWhole() throws Exception {
    ImageReference name = newRepository();
    byte[] large = bytes(LARGE / 10, 6);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<Descriptor>> all = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        all.add(threads.submit(() -> push(name, MediaType.OCI_LAYER, large)));
      }
      for (Future<Descriptor> one : all) {
        assertArrayEquals(large, read(name, one.get(60, TimeUnit.SECONDS), 0));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private Manifest referrer(ImageReference name, Manifest subject, String kind) {
    Descriptor empty = push(name, MediaType.OCI_EMPTY, CONFIG);
    return Manifest.builder(empty)
        .artifactType(kind)
        .layers(List.of(empty))
        .subject(subject.descriptor())
        .annotations(Map.of("a.b", kind))
        .build();
  }

  @Test
  void referrers_attached_areListedOnceEach() {
    ImageReference name = newRepository();
    Manifest image = pushImage(name, content);
    ImageReference subject = name.withDigest(image.digest());
    assertEquals(List.of(), registry().referrers(subject));
    Manifest first = referrer(name, image, "test/first");
    Manifest second = referrer(name, image, "test/second");
    registry().attach(name, first);
    registry().attach(name, second);
    registry().attach(name, first);
    List<Descriptor> found = registry().referrers(subject);
    assertEquals(2, found.size());
    for (Descriptor each : found) {
      Manifest manifest = each.digest().equals(first.digest()) ? first : second;
      assertEquals(manifest.artifactType(), each.artifactType());
      assertEquals(manifest.annotations(), each.annotations());
      assertArrayEquals(manifest.bytes(), registry().manifest(name, each));
    }
  }

  @Test
  void tags_areListedSorted_whereTheyCanBe() {
    ImageReference name = newRepository();
    Manifest image = pushImage(name.withTag("b"), content);
    for (String tag : List.of("c", "A.1", "a")) {
      assertEquals(
          image.digest(),
          registry().pushManifest(name.withTag(tag), image.mediaType(), image.bytes()));
    }
    try {
      assertEquals(List.of("A.1", "a", "b", "c"), registry().tags(name));
      assertEquals(List.of(), registry().tags(newRepository()));
    } catch (UnsupportedOperationException e) {
      assertTrue(String.valueOf(e.getMessage()).contains(name.repository()));
    }
  }

  @Test
  void manifest_deleted_isGoneWithItsTags_whereThatIsAllowed() {
    ImageReference name = newRepository();
    Manifest image = pushImage(name, content);
    ImageReference whole = name.withDigest(image.digest());
    try {
      assertTrue(registry().delete(whole));
      assertEquals(Optional.empty(), registry().resolve(name));
      assertEquals(Optional.empty(), registry().resolve(whole));
      assertFalse(registry().delete(whole));
    } catch (UnsupportedOperationException e) {
      assertTrue(registry().resolve(name).isPresent());
    }
  }
}
