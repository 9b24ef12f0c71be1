package io.jollyboat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import io.jollyboat.ContentException;
import io.jollyboat.StoreException;
import io.jollyboat.oci.ChainId;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.spi.host.TreeEntry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

final class LayerStoreTest extends StoreTest {
  private static final byte[] TAR =
      new TarBuilder().file("./etc/name", "value").file("/abs", "").finished();
  private static final Digest DIFF = Digest.sha256(TAR);

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private static Descriptor blob(byte[] bytes) {
    return Descriptor.of(MediaType.OCI_LAYER_GZIP, Digest.sha256(bytes), bytes.length);
  }

  private Layer receive(byte[] bytes) {
    return receive(DIFF, blob(bytes), bytes);
  }

  private Layer receive(Digest diffId, Descriptor blob, byte[] bytes) {
    return store.layers().receive(Optional.empty(), diffId, blob, new ByteArrayInputStream(bytes));
  }

  private void assertNothingKept() throws IOException {
    assertTrue(store.layers().list().isEmpty());
    assertTrue(store.blobs().list().isEmpty());
    try (var left = Files.walk(store.root().resolve("tmp"))) {
      assertEquals(
          List.of("lock"),
          left.filter(Files::isRegularFile).map(p -> p.getFileName().toString()).toList());
    }
  }

  @Test
  void receive_gzip_isUnpackedAndItsBlobKept() throws IOException {
    byte[] bytes = gzip(TAR);
    Layer layer = receive(bytes);
    assertEquals("value", Files.readString(layer.tree().resolve("etc/name")));
    assertEquals(5, layer.size().bytes());
    assertEquals(layer, store.layers().find(new ChainId(DIFF)).orElseThrow());
    assertEquals(blob(bytes), store.layers().compressed(layer));
    assertTrue(store.blobs().find(Digest.sha256(bytes)).isPresent());
  }

  @Test
  void receive_otherForms_giveTheSameLayer() throws IOException {
    byte[] half = Arrays.copyOf(TAR, 700);
    byte[] rest = Arrays.copyOfRange(TAR, 700, TAR.length);
    ByteArrayOutputStream members = new ByteArrayOutputStream();
    members.writeBytes(gzip(half));
    members.writeBytes(gzip(rest));
    for (byte[] form : List.of(members.toByteArray(), Zstd.compress(TAR), TAR)) {
      Layer layer = receive(form);
      assertEquals("value", Files.readString(layer.tree().resolve("etc/name")));
      store.layers().delete(layer.chainId());
    }
  }

  @Test
  void receive_slowStreamOfSeveralMembers_readsThemAll() throws IOException {
    ByteArrayOutputStream members = new ByteArrayOutputStream();
    for (int i = 0; i < TAR.length; i += 256) {
      members.writeBytes(gzip(Arrays.copyOfRange(TAR, i, i + 256)));
    }
    byte[] bytes = members.toByteArray();
    InputStream slow =
        new ByteArrayInputStream(bytes) {
          @Override
          public synchronized int read(byte[] b, int offset, int length) {
            return super.read(b, offset, Math.min(length, 7));
          }

          @Override
          public synchronized int available() {
            return 0;
          }
        };
    Layer layer = store.layers().receive(Optional.empty(), DIFF, blob(bytes), slow);
    assertEquals("value", Files.readString(layer.tree().resolve("etc/name")));
  }

  @Test
  void receive_wrongContent_leavesNothing() throws IOException {
    byte[] bytes = gzip(TAR);
    byte[] flipped = bytes.clone();
    flipped[40] ^= 1;
    ContentException e =
        assertThrows(ContentException.class, () -> receive(DIFF, blob(bytes), flipped));
    assertEquals(Digest.sha256(bytes), e.expected().orElseThrow());
    assertThrows(
        ContentException.class,
        () -> receive(DIFF, blob(bytes), Arrays.copyOf(bytes, bytes.length - 9)));
    assertThrows(
        ContentException.class,
        () -> receive(DIFF, blob(bytes), Arrays.copyOf(bytes, bytes.length + 9)));
    Digest other = Digest.sha256(bytes);
    ContentException wrongDiff =
        assertThrows(ContentException.class, () -> receive(other, blob(bytes), bytes));
    assertEquals(other, wrongDiff.expected().orElseThrow());
    assertNothingKept();
  }

  @Test
  void receive_hostileNames_areRefused() throws IOException {
    for (String name : List.of("../up", "a/../../up", "..", "d/.wh...", ".wh.", ".wh..", "/..")) {
      byte[] tar = new TarBuilder().file(name, "bad").finished();
      byte[] bytes = gzip(tar);
      ContentException e =
          assertThrows(
              ContentException.class, () -> receive(Digest.sha256(tar), blob(bytes), bytes), name);
      assertTrue(String.valueOf(e.getMessage()).contains(name), String.valueOf(e.getMessage()));
    }
    assertNothingKept();
  }

  @Test
  void receive_bomb_isStopped() throws IOException {
    TarBuilder builder = new TarBuilder();
    byte[] zeros = new byte[120 << 20];
    byte[] tar = builder.member('0', "zeros", "", zeros).finished();
    byte[] bytes = gzip(tar);
    ContentException e =
        assertThrows(ContentException.class, () -> receive(Digest.sha256(tar), blob(bytes), bytes));
    assertTrue(String.valueOf(e.getMessage()).contains("expands"), String.valueOf(e.getMessage()));
    assertNothingKept();
  }

  @Test
  void receive_twice_readsOnce() throws IOException {
    byte[] bytes = gzip(TAR);
    Layer first = receive(bytes);
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("must not be read");
          }

          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            return read();
          }
        };
    assertEquals(first, store.layers().receive(Optional.empty(), DIFF, blob(bytes), broken));
    assertEquals(first, store.layers().unpack(Optional.empty(), DIFF, blob(bytes)));
  }

  @Test
  void receive_manyThreads_giveOneLayer() throws Exception {
    byte[] bytes = gzip(TAR);
    AtomicInteger good = new AtomicInteger();
    Thread[] threads = new Thread[8];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          new Thread(
              () -> {
                receive(bytes);
                good.incrementAndGet();
              });
      threads[i].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(8, good.get());
    assertEquals(1, store.layers().list().size());
  }

  @Test
  void write_thenCompressed_givesTheDiffIdAgain() throws IOException {
    Layer layer = layer(Optional.empty(), "f", "content");
    Descriptor compressed = store.layers().compressed(layer);
    byte[] tar;
    try (InputStream in =
        new java.util.zip.GZIPInputStream(
            Files.newInputStream(store.blobs().find(compressed.digest()).orElseThrow()))) {
      tar = in.readAllBytes();
    }
    assertEquals(layer.diffId(), Digest.sha256(tar));
    assertEquals(compressed, store.layers().compressed(layer));
    store.layers().delete(layer.chainId());
    Layer again = store.layers().unpack(Optional.empty(), layer.diffId(), compressed);
    assertEquals("content", Files.readString(again.tree().resolve("f")));
  }

  @Test
  void compressed_treeWasChanged_namesTheLayer() throws IOException {
    Layer layer = layer(Optional.empty(), "f", "content");
    Files.writeString(layer.tree().resolve("f"), "changed");
    StoreException e = assertThrows(StoreException.class, () -> store.layers().compressed(layer));
    assertTrue(String.valueOf(e.getMessage()).contains(layer.chainId().toString()));
  }

  @Test
  void commit_changes_becomeALayerOfWholeSeconds() throws IOException {
    Layer below = layer(Optional.empty(), "base", "x");
    List<Layer> made = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      try (NewLayer changes = store.layers().begin()) {
        Files.writeString(changes.diff().resolve("new"), "text");
        Files.createDirectory(changes.diff().resolve("dir"));
        made.add(
            store
                .layers()
                .commit(
                    changes, Optional.of(below.chainId()), Optional.of(Instant.ofEpochSecond(9)))
                .orElseThrow());
      }
    }
    assertEquals(made.get(0), made.get(1));
    Layer layer = made.get(0);
    assertEquals(below.chainId().with(layer.diffId()), layer.chainId());
    assertEquals(9, Files.getLastModifiedTime(layer.tree().resolve("new")).toMillis() / 1000);
    assertFalse(Files.exists(layer.tree().resolveSibling("work")));
    assertEquals(
        List.of(below, layer), store.layers().chain(List.of(below.diffId(), layer.diffId())));
    Descriptor unused = store.layers().compressed(layer);
  }

  @Test
  void commit_nothingChanged_isEmpty() throws IOException {
    try (NewLayer changes = store.layers().begin()) {
      assertTrue(store.layers().commit(changes, Optional.empty(), Optional.empty()).isEmpty());
      assertFalse(Files.exists(changes.diff()));
    }
    assertTrue(store.layers().write(Optional.empty(), visitor -> {}).isEmpty());
  }

  @Test
  void close_notCommitted_isGone() throws IOException {
    NewLayer changes = store.layers().begin();
    Path diff = changes.diff();
    Files.writeString(diff.resolve("f"), "x");
    changes.close();
    changes.close();
    assertFalse(Files.exists(diff));
  }

  @Test
  void write_wrongOrder_isRefused() {
    TreeEntry a = TreeEntry.file("a", PLAIN, 0);
    TreeEntry b = TreeEntry.file("b", PLAIN, 0);
    TreeEntry gone = TreeEntry.whiteout("z", PLAIN);
    TreeEntry inside = TreeEntry.file("d/f", PLAIN, 0);
    TreeEntry link = TreeEntry.hardLink("l", PLAIN, "nothing");
    for (List<TreeEntry> wrong :
        List.of(List.of(b, a), List.of(a, a), List.of(a, gone), List.of(inside), List.of(link))) {
      assertThrows(IllegalArgumentException.class, () -> write(wrong), wrong.toString());
    }
    assertTrue(write(List.of(gone, a, b)).isPresent());
  }

  private Optional<Layer> write(List<TreeEntry> entries) {
    return store
        .layers()
        .write(
            Optional.empty(),
            visitor -> {
              for (TreeEntry entry : entries) {
                visitor.visit(entry, InputStream::nullInputStream);
              }
            });
  }

  @Test
  void write_contentOfAnotherLength_isRefused() {
    assertThrows(StoreException.class, () -> write(List.of(TreeEntry.file("f", PLAIN, 5))));
    assertTrue(store.layers().list().isEmpty());
  }

  @Test
  void open_afterAKilledProcess_deletesItsLeavings() throws IOException {
    Path dead = store.root().resolve("tmp/1-dead");
    Files.createDirectories(dead.resolve("0/diff"));
    Files.createFile(dead.resolve("lock"));
    NewLayer alive = store.layers().begin();
    try (ImageStore second = reopen()) {
      assertFalse(Files.exists(dead));
      assertTrue(Files.exists(alive.diff()));
      assertEquals(store.root(), second.root());
    } finally {
      alive.close();
    }
  }
}
