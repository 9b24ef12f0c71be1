package io.jollyboat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ImageId;
import io.jollyboat.PruneSpec;
import io.jollyboat.Pruned;
import io.jollyboat.StoreException;
import io.jollyboat.StoredImage;
import io.jollyboat.Verification;
import io.jollyboat.Verification.Finding;
import io.jollyboat.Verification.Kind;
import io.jollyboat.VerifySpec;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.spi.host.FileLocks;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A store that is damaged by hand, found so, and repaired. */
final class StoreCheckTest extends StoreTest {
  private static final ImageReference NAME = ImageReference.parse("pulled:1");
  private static final VerifySpec REPAIR = VerifySpec.defaults().repair();

  private Verification verify(VerifySpec spec) {
    return store.verify(spec, id -> List.of());
  }

  /** An image of one layer whose archive another program made, and which came with its blob. */
  private StoredImage pulled() {
    byte[] tar = new TarBuilder().file("./f", "content").file("./g", "more").finished();
    Digest diffId = Digest.sha256(tar);
    Descriptor blob = Descriptor.of(MediaType.OCI_LAYER, diffId, tar.length);
    Layer unused =
        store.layers().receive(Optional.empty(), diffId, blob, new ByteArrayInputStream(tar));
    ImageConfig config = config("pulled", List.of(diffId));
    Manifest manifest = Manifest.of(config.descriptor(), List.of(blob));
    return store.images().addPulled(NAME, manifest.digest(), manifest, config);
  }

  private StoredImage built(String text) {
    Layer layer = layer(Optional.empty(), text, text);
    ImageConfig config = config(text, List.of(layer.diffId()));
    return store.images().add(config, Optional.empty(), false);
  }

  private Layer layerOf(StoredImage image) {
    return store.layers().chain(image.config().diffIds()).get(0);
  }

  private static Kind onlyKind(Verification verification) {
    List<Kind> kinds = verification.findings().stream().map(Finding::kind).distinct().toList();
    assertEquals(1, kinds.size(), verification.toString());
    return kinds.get(0);
  }

  private void assertRepaired() {
    assertTrue(verify(REPAIR).clean());
    Verification after = verify(VerifySpec.defaults());
    assertEquals(List.of(), after.findings(), after.toString());
  }

  private boolean isThere(StoredImage image) {
    return store.images().find(image.id()).isPresent();
  }

  @Test
  void verify_ofAGoodStore_findsNothing() {
    StoredImage pulled = pulled();
    StoredImage built = built("built");
    store.cache().put(Digest.sha256(new byte[1]), built.id(), "inputs", Optional.empty());
    Verification verification = verify(VerifySpec.defaults());
    assertTrue(verification.clean());
    assertEquals(List.of(), verification.findings(), verification.toString());
    assertEquals(2, verification.images());
    assertEquals(2, verification.layers());
    assertEquals(4, verification.blobs());
    assertTrue(verification.read().bytes() > 2048);
    assertTrue(verification.toString().endsWith("all is well"), verification.toString());
    assertEquals(0, verify(VerifySpec.defaults().quick()).read().bytes());
    assertRepaired();
    assertTrue(isThere(pulled) && isThere(built));
  }

  @Test
  void verify_damagedBlobOfALayer_isFoundAndTheImageStays() throws IOException {
    StoredImage image = pulled();
    StoredImage other = built("other");
    Digest digest = layerOf(image).blobs().get(0).digest();
    Path blob = store.blobs().find(digest).orElseThrow();
    byte[] bytes = Files.readAllBytes(blob);
    bytes[600] ^= 1;
    Files.write(blob, bytes);
    assertEquals(List.of(), verify(VerifySpec.defaults().quick()).findings());
    Verification found = verify(VerifySpec.defaults());
    assertEquals(Kind.BLOB_DAMAGED, onlyKind(found));
    assertFalse(found.clean());
    assertTrue(found.toString().contains(digest.toString()), found.toString());
    assertTrue(Files.exists(blob), "nothing is changed unless asked for");
    assertRepaired();
    assertFalse(Files.exists(blob));
    assertTrue(isThere(image) && isThere(other));
    assertEquals("content", Files.readString(layerOf(image).tree().resolve("f")));
  }

  @Test
  void verify_changedTreeWithABlob_isUnpackedAgain() throws IOException {
    StoredImage image = pulled();
    Path file = layerOf(image).tree().resolve("f");
    Files.writeString(file, "CONTENT");
    Verification found = verify(VerifySpec.defaults());
    assertEquals(Kind.LAYER_DAMAGED, onlyKind(found));
    assertEquals(List.of(image.id()), found.findings().get(0).images());
    assertRepaired();
    assertEquals("content", Files.readString(file));
    Files.delete(file);
    assertRepaired();
    assertEquals("content", Files.readString(file));
  }

  @Test
  void verify_changedTreeWithoutABlob_takesItsImagesOnly() throws IOException {
    StoredImage image = built("one");
    StoredImage other = built("other");
    Files.writeString(layerOf(image).tree().resolve("one"), "two");
    Verification found = verify(VerifySpec.defaults());
    assertEquals(Kind.LAYER_DAMAGED, onlyKind(found));
    assertEquals(List.of(image.id()), found.findings().get(0).images());
    assertTrue(isThere(image));
    assertRepaired();
    assertFalse(isThere(image));
    assertTrue(isThere(other));
  }

  @Test
  void verify_layerInUse_isLeftUntilItIsNot() throws IOException {
    StoredImage image = pulled();
    Path file = layerOf(image).tree().resolve("f");
    Files.writeString(file, "CONTENT");
    Verification found = store.verify(REPAIR, id -> List.of("web"));
    assertFalse(found.clean());
    assertTrue(found.toString().contains("container web uses it"), found.toString());
    assertEquals("CONTENT", Files.readString(file));
    assertRepaired();
    assertEquals("content", Files.readString(file));
  }

  @Test
  void verify_missingLayer_isUnpackedAgainOrItsImageGoes() throws IOException {
    StoredImage pulled = pulled();
    StoredImage built = built("built");
    for (StoredImage image : List.of(pulled, built)) {
      store.layers().delete(layerOf(image).chainId());
    }
    Verification found = verify(VerifySpec.defaults());
    assertEquals(Kind.LAYER_MISSING, onlyKind(found));
    assertEquals(2, found.findings().size());
    assertRepaired();
    assertTrue(isThere(pulled));
    assertEquals("content", Files.readString(layerOf(pulled).tree().resolve("f")));
    assertFalse(isThere(built));
  }

  @Test
  void verify_layerWithoutARecord_isFound() throws IOException {
    StoredImage image = pulled();
    Layer layer = layerOf(image);
    Files.writeString(layer.tree().resolveSibling(LayerRecord.FILE), "nonsense\n");
    assertEquals(Kind.LAYER_DAMAGED, onlyKind(verify(VerifySpec.defaults().quick())));
    assertRepaired();
    assertEquals("content", Files.readString(layerOf(image).tree().resolve("f")));
  }

  @Test
  void verify_lostConfiguration_takesTheImageAndItsNames() {
    StoredImage image = pulled();
    StoredImage other = built("other");
    store.blobs().delete(image.id().digest());
    Verification found = verify(VerifySpec.defaults());
    assertEquals(Kind.IMAGE_DAMAGED, found.findings().get(0).kind());
    assertRepaired();
    assertFalse(isThere(image));
    assertTrue(store.images().find(NAME.toString()).isEmpty());
    assertTrue(isThere(other));
    assertEquals(1, store.layers().list().size());
  }

  @Test
  void verify_brokenReferences_areFoundAndTakenAway() throws IOException {
    StoredImage image = pulled();
    ImageId nobody = new ImageId(Digest.sha256(new byte[5]));
    store
        .cache()
        .put(
            Digest.sha256(new byte[1]), nobody, "gone, which is nothing unusual", Optional.empty());
    Files.writeString(directory.resolve("store/cache/" + nobody.digest().hex()), "nonsense");
    Path names = directory.resolve("store/names");
    Files.writeString(
        names, Files.readString(names) + "name docker.io/library/lost:1 " + nobody + "\n");
    store.blobs().delete(store.images().manifestFor(image.id()).digest());
    Verification found = verify(VerifySpec.defaults().quick());
    assertEquals(
        List.of(Kind.REFERENCE_BROKEN, Kind.BLOB_MISSING, Kind.REFERENCE_BROKEN),
        found.findings().stream().map(Finding::kind).toList());
    assertTrue(found.toString().contains("docker.io/library/lost:1"), found.toString());
    assertRepaired();
    assertTrue(store.images().find(NAME.toString()).isPresent());
  }

  @Test
  void verify_orphans_areFoundWhileNobodyWorks() {
    StoredImage image = pulled();
    Digest blob = store.blobs().put(new byte[] {1, 2, 3});
    Layer layer = layer(Optional.empty(), "x", "x");
    try (FileLocks.Lock lease = store.lease()) {
      assertEquals(List.of(), verify(VerifySpec.defaults()).findings());
    }
    Verification found = verify(VerifySpec.defaults());
    assertEquals(Kind.ORPHAN, onlyKind(found));
    assertEquals(
        List.of(layer.chainId().toString(), blob.toString()),
        found.findings().stream().map(Finding::subject).toList());
    assertRepaired();
    assertTrue(store.layers().find(layer.chainId()).isEmpty());
    assertTrue(store.blobs().find(blob).isEmpty());
    assertTrue(isThere(image));
  }

  @Test
  void repair_ofALostConfigurationInUse_touchesNoLayer() throws IOException {
    StoredImage image = pulled();
    Layer layer = layerOf(image);
    Path config = store.blobs().find(image.id().digest()).orElseThrow();
    byte[] bytes = Files.readAllBytes(config);
    for (byte[] damage : List.of(new byte[] {'{', '}'}, new byte[0])) {
      if (damage.length == 0) {
        Files.delete(config);
      } else {
        Files.write(config, damage);
      }
      try (ImageStore fresh = reopen()) {
        Verification found = fresh.verify(REPAIR, id -> List.of("web"));
        assertFalse(found.clean(), found.toString());
        fresh.images().sweep();
        assertThrows(
            StoreException.class,
            () -> fresh.retention().prune(PruneSpec.defaults(), id -> List.of("web")));
        assertEquals("content", Files.readString(layer.tree().resolve("f")));
        assertTrue(Files.exists(directory.resolve("store/images/" + image.id().digest().hex())));
      }
    }
    Files.writeString(layer.tree().resolve("f"), "CONTENT");
    try (ImageStore fresh = reopen()) {
      assertFalse(fresh.verify(REPAIR, id -> List.of("web")).clean());
      assertEquals("CONTENT", Files.readString(layer.tree().resolve("f")), "it may be in use");
    }
    Files.write(config, bytes);
    assertRepaired();
    assertEquals("content", Files.readString(layer.tree().resolve("f")));
  }

  @Test
  void prune_ofWhatAKilledPullHasLeft_givesItBack() {
    StoredImage image = pulled();
    Layer layer = layer(Optional.empty(), "x", "12345");
    Digest blob = store.blobs().put(new byte[] {1, 2, 3});
    Pruned pruned = store.retention().prune(PruneSpec.defaults(), id -> List.of());
    assertEquals(8, pruned.reclaimed().bytes());
    assertEquals(List.of(), pruned.images());
    assertTrue(store.layers().find(layer.chainId()).isEmpty());
    assertTrue(store.blobs().find(blob).isEmpty());
    assertTrue(isThere(image));
  }
}
