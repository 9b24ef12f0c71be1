package io.jollyboat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ContentException;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.SaveSpec;
import io.jollyboat.StoreException;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Index;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Archives that strangers make. */
final class HostileArchiveTest extends ArchiveFixture {
  /** Every archive is refused by the same kind of error, and nothing of it stays. */
  private void assertRefused(String why, byte[] archive) throws IOException {
    Map<String, String> before = content();
    ContentException e = assertThrows(ContentException.class, () -> load(archive), why);
    assertTrue(String.valueOf(e.getMessage()).contains(why), e.getMessage());
    assertEquals(before, content(), why);
    Path file = Files.write(directory.resolve("hostile.tar"), archive);
    assertThrows(ContentException.class, () -> store.load(file, config -> {}), why);
    assertEquals(before, content(), why);
  }

  /** What is in the store, but for locks. */
  private Map<String, String> content() throws IOException {
    Map<String, String> content = new java.util.TreeMap<>();
    Path root = directory.resolve("store");
    try (var all = Files.walk(root)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String name = root.relativize(file).toString();
        if (!name.startsWith("locks/")) {
          content.put(name, Digest.sha256(Files.readAllBytes(file)).toString());
        }
      }
    }
    return content;
  }

  private static Map<String, byte[]> with(Map<String, byte[]> members, String name, byte[] value) {
    Map<String, byte[]> changed = new LinkedHashMap<>(members);
    changed.put(name, value);
    return changed;
  }

  private static Map<String, byte[]> without(Map<String, byte[]> members, String name) {
    Map<String, byte[]> changed = new LinkedHashMap<>(members);
    changed.remove(name);
    return changed;
  }

  @Test
  void load_ofWhatIsMissingOrWrong_isRefusedAndLeavesTheStoreAsItWas() throws IOException {
    image("other:1", "z");
    StoredImage image = image("one:1", "a", "b");
    Map<String, byte[]> good = members(saved(s -> s, "one:1"));
    store.images().remove("one:1", id -> List.of());
    String config = "blobs/sha256/" + image.id().digest().hex();
    for (String name : good.keySet()) {
      if (name.startsWith("blobs/")) {
        byte[] bytes = good.getOrDefault(name, new byte[0]).clone();
        assertRefused("is", archive(without(good, name)));
        assertRefused("bytes", archive(with(good, name, java.util.Arrays.copyOf(bytes, 7))));
        bytes[bytes.length - 9] ^= 1;
        assertRefused("", archive(with(good, name, bytes)));
      }
    }
    Map<String, byte[]> docker = without(good, "oci-layout");
    assertRefused("digest", archive(with(docker, config, new byte[9])));
    assertRefused("is missing", archive(without(docker, config)));
    assertRefused("neither", archive(Map.of("etc/passwd", new byte[1])));
    assertRefused("neither", archive(Map.of()));
    assertRefused("manifest.json", archive(with(docker, "manifest.json", new byte[] {'['})));
    assertRefused("8 MiB", archive(with(good, "index.json", new byte[9 << 20])));
    assertRefused(
        "no image", archive(with(docker, "manifest.json", "[]".getBytes(StandardCharsets.UTF_8))));
    assertRefused("octal", "x".repeat(600).getBytes(StandardCharsets.UTF_8));
    byte[] whole = archive(good);
    assertRefused("ends", java.util.Arrays.copyOf(whole, whole.length / 2 - 100));
    assertEquals(image.id(), load(whole).get(0).id());
  }

  @Test
  void load_ofHostileMembers_isRefused() throws IOException {
    image("other:1", "z");
    byte[] x = "x".getBytes(StandardCharsets.UTF_8);
    assertRefused("climbs", new TarBuilder().member('0', "../x", "", x).finished());
    assertRefused("climbs", new TarBuilder().member('0', "a/../../x", "", x).finished());
    assertRefused(
        "out of the archive",
        new TarBuilder().member('2', "manifest.json", "/etc/passwd", new byte[0]).finished());
    assertRefused(
        "out of the archive",
        new TarBuilder().member('2', "manifest.json", "../../etc/passwd", new byte[0]).finished());
    assertRefused(
        "without end",
        new TarBuilder().member('2', "manifest.json", "manifest.json", new byte[0]).finished());
    assertRefused(
        "neither",
        new TarBuilder().member('1', "manifest.json", "nowhere", new byte[0]).finished());
    assertRefused(
        "there twice",
        new TarBuilder()
            .member('0', "manifest.json", "", x)
            .file("./manifest.json", "y")
            .finished());
    assertRefused("of type", new TarBuilder().member('3', "null", "", new byte[0]).finished());
    assertRefused("of type", new TarBuilder().member('6', "pipe", "", new byte[0]).finished());
    assertRefused(
        "lies on itself",
        new TarBuilder()
            .file("repositories", "{\"a\":{\"1\":\"x\"}}")
            .file("x/json", "{\"parent\":\"x\"}")
            .member('0', "x/layer.tar", "", new byte[1024])
            .finished());
    assertRefused(
        "climbs", new TarBuilder().file("repositories", "{\"a\":{\"1\":\"../../x\"}}").finished());
  }

  @Test
  void load_ofABomb_isRefused() throws IOException {
    image("other:1", "z");
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      TarHeaderBlock header = new TarHeaderBlock('0', 0644);
      header.name("big");
      header.size(300L << 20);
      header.write(gzip);
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 300; i++) {
        gzip.write(zeros);
      }
    }
    assertRefused("expands", zipped.toByteArray());
  }

  /** The documents of an image, and the descriptor of its manifest. */
  private Descriptor documents(Map<String, byte[]> members) {
    StoredImage image = image("one:1", "a");
    Layer layer = store.layers().chain(image.config().diffIds()).get(0);
    Descriptor blob = store.layers().compressed(layer);
    Manifest manifest = Manifest.of(image.config().descriptor(), List.of(blob));
    put(members, image.config().bytes());
    put(members, manifest.bytes());
    put(members, store.blobs().read(blob.digest()));
    members.put("oci-layout", "{}".getBytes(StandardCharsets.UTF_8));
    return manifest.descriptor();
  }

  @Test
  void load_ofIndexesThatNameEachOtherOften_countsAnImageOnce() {
    Map<String, byte[]> members = new LinkedHashMap<>();
    Descriptor entry = documents(members);
    List<Descriptor> all = new ArrayList<>();
    for (int height = 0; height < 8; height++) {
      Index index = Index.of(Collections.nCopies(200, entry));
      put(members, index.bytes());
      entry = index.descriptor();
      all.add(entry.withAnnotation("io.containerd.image.name", "localhost/deep:" + height));
    }
    members.put("index.json", Index.of(all).bytes());
    removeAll();
    assertEquals(1, load(archive(members)).size());
    assertEquals(1, store.images().listAll().size());
    byte[] again = saved(s -> s, "localhost/deep:7");
    removeAll();
    assertEquals(1, load(again).size());
  }

  @Test
  void load_ofIndexesThatLieTooDeep_isRefusedInAnyOrder() throws IOException {
    Map<String, byte[]> members = new LinkedHashMap<>();
    Descriptor entry = documents(members);
    List<Descriptor> all = new ArrayList<>();
    for (int height = 0; height < 10; height++) {
      Index index = Index.of(List.of(entry));
      put(members, index.bytes());
      entry = index.descriptor();
      all.add(entry);
    }
    removeAll();
    members.put("index.json", Index.of(all).bytes());
    assertRefused("8 deep", archive(members));
    members.put("index.json", Index.of(List.of(entry)).bytes());
    assertRefused("8 deep", archive(members));
  }

  @Test
  void load_ofOneDocumentUnderTwoTypes_isRefused() throws IOException {
    Map<String, byte[]> members = new LinkedHashMap<>();
    Descriptor manifest = documents(members);
    Descriptor garbage = put(members, "garbage".getBytes(StandardCharsets.UTF_8));
    Index index = Index.of(List.of(manifest, garbage.withMediaType(MediaType.OCI_MANIFEST)));
    put(members, index.bytes());
    members.put("index.json", Index.of(List.of(garbage, index.descriptor())).bytes());
    removeAll();
    assertRefused("is named as", archive(members));
  }

  @Test
  void sweep_ofAnIndexThatNamesNoDocuments_goesOn() {
    StoredImage image = image("one:1", "a");
    Digest garbage = store.blobs().put("garbage".getBytes(StandardCharsets.UTF_8));
    byte[] large = new byte[(int) BlobStore.LARGEST_DOCUMENT + 1];
    Digest tooLarge = store.blobs().put(large);
    Index index =
        Index.of(
            List.of(
                Descriptor.of(MediaType.OCI_MANIFEST, garbage, 7),
                Descriptor.of(MediaType.OCI_INDEX, tooLarge, large.length)));
    Digest orphan = store.blobs().put("orphan".getBytes(StandardCharsets.UTF_8));
    for (int i = 0; i < 300; i++) {
      Digest unused = store.blobs().put(index.bytes());
      index = Index.of(List.of(index.descriptor()));
    }
    Digest named = store.blobs().put(index.bytes());
    store
        .images()
        .changeNames(
            names ->
                names.put(ImageReference.parse("several"), image.id(), named, List.of(image.id())));
    store.images().sweep();
    assertTrue(store.blobs().find(orphan).isEmpty());
    assertTrue(store.blobs().find(garbage).isPresent());
    assertTrue(store.blobs().find(tooLarge).isPresent());
    assertTrue(store.images().find("several").isPresent());
  }

  @Test
  void load_ofASparseMember_isRefused() throws IOException {
    image("other:1", "z");
    byte[] pax =
        new TarBuilder()
            .pax('x', Map.of("GNU.sparse.size", Long.toString(99L << 20), "GNU.sparse.map", "0,0"))
            .file("manifest.json", "")
            .finished();
    assertRefused("sparse", pax);
    byte[] huge =
        new TarBuilder()
            .pax('x', Map.of("GNU.sparse.size", Long.toString(255L << 30), "GNU.sparse.map", "0,0"))
            .file("manifest.json", "")
            .finished();
    assertRefused("expands", huge);
  }

  @Test
  void load_wrongBlobOfAKnownLayer_isNotRemembered() throws IOException {
    StoredImage image = image("one:1", "a");
    Layer layer = store.layers().chain(image.config().diffIds()).get(0);
    byte[] other = gzip("something else".getBytes(StandardCharsets.UTF_8));
    Map<String, byte[]> members = new LinkedHashMap<>();
    put(members, image.config().bytes());
    Descriptor blob = put(members, other).withMediaType(MediaType.OCI_LAYER_GZIP);
    Manifest manifest = Manifest.of(image.config().descriptor(), List.of(blob));
    put(members, manifest.bytes());
    members.put("index.json", Index.of(List.of(manifest.descriptor())).bytes());
    members.put("oci-layout", "{}".getBytes(StandardCharsets.UTF_8));
    assertRefused("digest", archive(members));
    assertEquals(List.of(), store.layers().find(layer.chainId()).orElseThrow().blobs());
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped);
        InputStream in = new ByteArrayInputStream(content)) {
      in.transferTo(gzip);
    }
    return zipped.toByteArray();
  }

  /** Interrupts its reader after some bytes. */
  private static InputStream interrupting(byte[] bytes, int after) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] into, int offset, int length) {
        if (pos >= after) {
          Thread.currentThread().interrupt();
        }
        return super.read(into, offset, Math.min(length, 512));
      }
    };
  }

  @Test
  void load_interrupted_endsWithTheFlagSetAndLeavesTheStoreAsItWas() throws IOException {
    image("other:1", "z");
    image("one:1", "a", "b");
    byte[] archive = saved(s -> s, "one:1");
    store.images().remove("one:1", id -> List.of());
    Map<String, String> before = content();
    for (int after : List.of(0, archive.length / 2)) {
      assertThrows(
          InterruptedOperationException.class,
          () -> store.load(interrupting(archive, after), config -> {}),
          "after " + after);
      assertTrue(Thread.interrupted(), "after " + after);
      assertEquals(before, content(), "after " + after);
    }
  }

  @Test
  void load_ofAFileThatIsNotThere_isAnErrorOfTheMachine() {
    Path nowhere = directory.resolve("nowhere.tar");
    assertThrows(StoreException.class, () -> store.load(nowhere, config -> {}));
  }

  @Test
  void save_toWhereNothingCanBeWritten_leavesNothing() {
    image("one:1", "a");
    Path file = directory.resolve("no such directory/saved.tar");
    assertThrows(
        StoreException.class, () -> store.save(List.of("one:1"), file, SaveSpec.defaults()));
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    StoreException e =
        assertThrows(
            StoreException.class, () -> store.save(List.of("one:1"), full, SaveSpec.defaults()));
    assertTrue(String.valueOf(e.getMessage()).contains("No space left"), e.getMessage());
  }
}
