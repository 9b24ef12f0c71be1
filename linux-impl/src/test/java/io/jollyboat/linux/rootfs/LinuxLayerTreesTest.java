package io.jollyboat.linux.rootfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.spi.host.EditableTree;
import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.LayerTree;
import io.jollyboat.spi.host.MergedTree;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeEntry.Kind;
import io.jollyboat.spi.host.TreeWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LinuxLayerTreesTest {
  private static final Instant TIME = Instant.parse("2001-02-03T04:05:06.000000007Z");
  private static final FileAttributes PLAIN = new FileAttributes(0644, 0, 0, TIME);
  private static final FileAttributes OPEN = new FileAttributes(0755, 0, 0, TIME);

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  private final LinuxLayerTrees trees = new LinuxLayerTrees();

  @BeforeEach
  void needRoot() {
    RootRequired.check();
  }

  private interface Writing {
    void with(TreeWriter writer) throws IOException;
  }

  private Path tree(String name, Writing writing) throws IOException {
    Path tree = directory.resolve(name);
    try (TreeWriter writer = trees.create(tree)) {
      writing.with(writer);
      writer.finish();
    }
    return tree;
  }

  private static InputStream text(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static InputStream nothing() {
    return InputStream.nullInputStream();
  }

  private static void file(TreeWriter writer, String path, String content) throws IOException {
    writer.write(TreeEntry.file(path, PLAIN, content.length()), text(content));
  }

  private List<TreeEntry> entries(Path tree) throws IOException {
    List<TreeEntry> entries = new ArrayList<>();
    try (LayerTree open = trees.open(tree)) {
      open.forEach((entry, content) -> entries.add(entry));
    }
    return entries;
  }

  private String paths(Path tree) throws IOException {
    return String.join(" ", entries(tree).stream().map(e -> e.kind() + ":" + e.path()).toList());
  }

  @Test
  void write_everyKind_isReadBackAsItWas() throws IOException {
    byte[] capability = {1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    FileAttributes special =
        new FileAttributes(
            04751,
            123,
            70000,
            TIME,
            new TreeMap<>(
                Map.of(
                    "user.note", new byte[] {(byte) 0xff, 0},
                    "security.capability", capability,
                    "trusted.overlay.redirect", new byte[] {'x'},
                    "user.overlay.opaque", new byte[] {'y'})));
    Path tree =
        tree(
            "all",
            writer -> {
              writer.write(
                  TreeEntry.directory("d", new FileAttributes(01777, 5, 6, TIME)), nothing());
              writer.write(TreeEntry.file("d/f", special, 3), text("abc"));
              writer.write(TreeEntry.hardLink("d/g", special, "d/f"), nothing());
              writer.write(
                  TreeEntry.symlink("d/l", new FileAttributes(0777, 7, 8, TIME), "/nowhere"),
                  nothing());
              writer.write(device("d/c", Kind.CHARACTER_DEVICE, 1, 3), nothing());
              writer.write(device("d/b", Kind.BLOCK_DEVICE, 259, 70000), nothing());
              writer.write(device("d/p", Kind.FIFO, 0, 0), nothing());
              writer.write(TreeEntry.whiteout("d/z", PLAIN), nothing());
              writer.write(TreeEntry.file("d/ä\udcff", PLAIN, 1), text("x"));
            });
    List<TreeEntry> found = entries(tree);
    assertEquals(
        "DIRECTORY: DIRECTORY:d WHITEOUT:d/z BLOCK_DEVICE:d/b CHARACTER_DEVICE:d/c FILE:d/f"
            + " HARD_LINK:d/g SYMLINK:d/l FIFO:d/p FILE:d/ä\udcff",
        paths(tree));
    TreeEntry f = found.get(5);
    assertEquals(04751, f.attributes().mode());
    assertEquals(70000, f.attributes().gid());
    assertEquals(TIME, f.attributes().modified());
    assertEquals(
        List.of("security.capability", "user.note"), List.copyOf(f.attributes().xattrs().keySet()));
    assertArrayEquals(capability, f.attributes().xattrs().get("security.capability"));
    assertEquals("d/f", found.get(6).link());
    assertEquals("/nowhere", found.get(7).link());
    assertEquals(TIME, found.get(7).attributes().modified());
    assertEquals(70000, found.get(3).minor());
    assertEquals(259, found.get(3).major());
    assertEquals(TIME, found.get(1).attributes().modified());
    assertEquals(01777, found.get(1).attributes().mode());
    assertEquals(Instant.EPOCH, found.get(0).attributes().modified());
  }

  private static TreeEntry device(String path, Kind kind, int major, int minor) {
    return new TreeEntry(path, kind, PLAIN, 0, "", major, minor, false);
  }

  @Test
  void write_throughHostileLinks_staysInside() throws IOException {
    Path outside = Files.createDirectory(directory.resolve("outside"));
    Files.writeString(outside.resolve("victim"), "untouched");
    Path tree =
        tree(
            "hostile",
            writer -> {
              writer.write(TreeEntry.symlink("abs", PLAIN, outside.toString()), nothing());
              writer.write(
                  TreeEntry.symlink("up", PLAIN, "../../../../../.." + outside), nothing());
              writer.write(TreeEntry.symlink("proc", PLAIN, "/proc/self/root"), nothing());
              writer.write(
                  TreeEntry.symlink("f", PLAIN, outside.resolve("victim").toString()), nothing());
              file(writer, "f", "replaced the link");
              assertThrows(IOException.class, () -> file(writer, "abs/victim", "bad"));
              assertThrows(IOException.class, () -> file(writer, "up/victim", "bad"));
              assertThrows(IOException.class, () -> file(writer, "proc/x", "bad"));
              assertThrows(IOException.class, () -> file(writer, "..", "bad"));
              assertThrows(
                  IOException.class,
                  () -> writer.write(TreeEntry.hardLink("stolen", PLAIN, "abs/victim"), nothing()));
              file(writer, "../../climb", "inside");
            });
    assertEquals("untouched", Files.readString(outside.resolve("victim")));
    try (var files = Files.list(outside)) {
      assertEquals(1, files.count());
    }
    assertFalse(Files.isSymbolicLink(tree.resolve("f")));
    assertTrue(Files.exists(tree.resolve("climb")));
    assertFalse(Files.exists(directory.resolve("climb")));
    assertFalse(Files.exists(tree.resolve("stolen"), LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void write_parentIsLinkInside_isFollowed() throws IOException {
    Path tree =
        tree(
            "inside",
            writer -> {
              file(writer, "usr/lib/a", "1");
              writer.write(TreeEntry.symlink("lib", PLAIN, "/usr/lib"), nothing());
              file(writer, "lib/b", "2");
              writer.write(TreeEntry.directory("lib", OPEN), nothing());
              file(writer, "lib/c", "3");
            });
    assertEquals("2", Files.readString(tree.resolve("usr/lib/b")));
    assertEquals("3", Files.readString(tree.resolve("lib/c")));
    assertFalse(Files.exists(tree.resolve("usr/lib/c")));
  }

  @Test
  void write_whiteoutsAndTheirNames_hideOnlyLowerLayers() throws IOException {
    Path lower =
        tree(
            "lower",
            writer -> {
              for (String name : List.of("a/old", "b/old", "c", "d/old", "e/old", "f")) {
                file(writer, name, "lower");
              }
            });
    Path upper =
        tree(
            "upper",
            writer -> {
              writer.write(TreeEntry.whiteout("a", PLAIN), nothing());
              file(writer, "a/new", "directory over a whiteout");
              writer.write(TreeEntry.directory("b", OPEN), nothing());
              writer.write(TreeEntry.whiteout("b", PLAIN), nothing());
              file(writer, "c", "upper");
              writer.write(TreeEntry.whiteout("c", PLAIN), nothing());
              writer.markOpaque("d");
              writer.write(TreeEntry.whiteout("e", PLAIN), nothing());
              writer.write(TreeEntry.directory("e", OPEN), nothing());
              writer.write(TreeEntry.whiteout("f", PLAIN), nothing());
            });
    assertEquals(
        "DIRECTORY: WHITEOUT:f DIRECTORY:a FILE:a/new DIRECTORY:b FILE:c DIRECTORY:d DIRECTORY:e",
        paths(upper));
    try (MergedTree merged = trees.merge(List.of(upper, lower))) {
      assertTrue(merged.find("a/old").isEmpty());
      assertTrue(merged.find("a/new").isPresent());
      assertTrue(merged.find("b/old").isEmpty());
      assertTrue(merged.find("d/old").isEmpty());
      assertTrue(merged.find("e/old").isEmpty());
      assertTrue(merged.find("f").isEmpty());
      try (InputStream c = merged.open("/c")) {
        assertEquals("upper", new String(c.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
  }

  @Test
  void merge_oneLayer_showsNoWhiteouts() throws IOException {
    Path tree =
        tree(
            "one",
            writer -> {
              writer.write(TreeEntry.whiteout("gone", PLAIN), nothing());
              file(writer, "etc/real", "text");
              writer.write(TreeEntry.symlink("etc/link", PLAIN, "/etc/./real"), nothing());
              writer.write(TreeEntry.symlink("conf", PLAIN, "etc"), nothing());
              writer.write(TreeEntry.symlink("loop", PLAIN, "loop"), nothing());
              writer.write(device("null", Kind.CHARACTER_DEVICE, 1, 3), nothing());
            });
    try (MergedTree merged = trees.merge(List.of(tree))) {
      assertTrue(merged.find("gone").isEmpty());
      assertEquals(Kind.SYMLINK, merged.find("conf/link").orElseThrow().kind());
      assertEquals("etc/real", merged.resolve("conf/link"));
      assertEquals("etc/missing/x", merged.resolve("conf/missing/x"));
      assertEquals("etc", merged.resolve("etc/../../conf"));
      assertEquals(
          List.of("conf", "etc", "loop", "null"),
          merged.list("").stream().map(TreeEntry::path).toList());
      assertEquals(
          List.of("conf/link", "conf/real"),
          merged.list("conf").stream().map(TreeEntry::path).toList());
      assertThrows(java.io.UncheckedIOException.class, () -> merged.resolve("loop"));
      assertThrows(IOException.class, () -> merged.open("null"));
      try (InputStream content = merged.open("conf/link")) {
        assertEquals("text", new String(content.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
  }

  @Test
  void merge_noLayers_isAnEmptyRoot() {
    try (MergedTree merged = trees.merge(List.of())) {
      assertEquals(Kind.DIRECTORY, merged.find("").orElseThrow().kind());
      assertTrue(merged.find("etc").isEmpty());
      assertEquals(List.of(), merged.list(""));
    }
  }

  @Test
  void merge_manyLayers_leavesNoMount() throws IOException {
    List<Path> layers = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      int number = i;
      layers.add(0, tree("layer" + i, writer -> file(writer, "f" + number, "x")));
    }
    String mounts = Files.readString(Path.of("/proc/self/mountinfo"));
    try (MergedTree merged = trees.merge(layers)) {
      assertEquals(60, merged.list("").size());
      assertEquals(mounts, Files.readString(Path.of("/proc/self/mountinfo")));
    }
  }

  @Test
  void edit_overLayers_leavesOnlyTheDifference(@TempDir Path place) throws IOException {
    Path low =
        tree(
            "low",
            writer -> {
              file(writer, "etc/a", "a");
              file(writer, "gone/deep/f", "f");
              writer.write(TreeEntry.symlink("out", PLAIN, "/../../.."), nothing());
            });
    Path high = tree("high", writer -> file(writer, "etc/b", "b"));
    Path upper = Files.createDirectory(place.resolve("upper"));
    Path work = Files.createDirectory(place.resolve("work"));
    long mounts = mountCount();
    try (EditableTree edited = trees.edit(List.of(high, low), upper, work)) {
      assertEquals(
          List.of("etc/a", "etc/b"), edited.list("etc").stream().map(TreeEntry::path).toList());
      edited.write(TreeEntry.file("out/" + place.getFileName(), PLAIN, 0), text("inside"));
      edited.delete("gone");
      TreeEntry a = edited.find("etc/a").orElseThrow();
      edited.change(a, a.attributes().withMode(04700).withOwner(5, 6));
      assertEquals(Optional.empty(), edited.find("gone/deep/f"));
    }

    assertEquals(mounts, mountCount());
    assertEquals(
        "DIRECTORY: WHITEOUT:gone DIRECTORY:etc FILE:etc/a FILE:" + place.getFileName(),
        paths(upper));
    TreeEntry changed = entries(upper).get(3);
    assertEquals(04700, changed.attributes().mode());
    assertEquals(5, changed.attributes().uid());
    assertEquals(6, changed.attributes().gid());
    assertEquals("FILE:etc/a", changed.kind() + ":" + changed.path());
    assertEquals("DIRECTORY: DIRECTORY:etc FILE:etc/b", paths(high));
  }

  @Test
  void edit_overNothing_isADirectory(@TempDir Path place) throws IOException {
    Path upper = Files.createDirectory(place.resolve("upper"));
    Path work = Files.createDirectory(place.resolve("work"));
    try (EditableTree edited = trees.edit(List.of(), upper, work)) {
      edited.write(TreeEntry.file("d/f", PLAIN, 0), text("one"));
      edited.delete("d");
      edited.write(TreeEntry.file("d/g", PLAIN, 0), text("two"));
      assertEquals("d/g", edited.list("d").get(0).path());
      assertEquals("two", new String(edited.open("d/g").readAllBytes(), StandardCharsets.UTF_8));
    }
    assertEquals("DIRECTORY: DIRECTORY:d FILE:d/g", paths(upper));
  }

  private static long mountCount() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
      return lines.count();
    }
  }

  @Test
  void forEach_amended_changesTheDisk() throws IOException {
    Path tree =
        tree(
            "amended",
            writer -> {
              file(writer, "d/f", "x");
              writer.markOpaque("d");
            });
    try (LayerTree open = trees.open(tree)) {
      open.forEach(
          entry ->
              new TreeEntry(
                  entry.path(),
                  entry.kind(),
                  entry.attributes().withModified(Instant.ofEpochSecond(9)),
                  entry.size(),
                  entry.link(),
                  entry.major(),
                  entry.minor(),
                  false),
          (entry, content) -> {});
    }
    for (TreeEntry entry : entries(tree)) {
      assertEquals(Instant.ofEpochSecond(9), entry.attributes().modified());
      assertFalse(entry.opaque());
    }
  }

  @Test
  void delete_directoriesOfMoreNamesThanAreListedAtOnce_isGone() throws IOException {
    Path tree = Files.createDirectory(directory.resolve("wide"));
    Path deep = tree;
    for (int i = 0; i < 140; i++) {
      deep = Files.createDirectory(deep.resolve("d"));
      if (i % 66 == 0) {
        for (int j = 0; j < 1500; j++) {
          Files.createFile(deep.resolve("n".repeat(100) + j));
        }
      }
    }
    trees.delete(tree);
    assertFalse(Files.exists(tree, LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void delete_treeDeeperThanAPathMayBe_isGone() throws IOException {
    Path tree = Files.createDirectory(directory.resolve("deep"));
    Path inner = tree;
    String name = "n".repeat(200);
    for (int i = 0; i < 15; i++) {
      inner = Files.createDirectory(inner.resolve(name));
    }
    // Move the whole below itself's sibling until it is far deeper than 4096 bytes.
    for (int i = 0; i < 12; i++) {
      Path wrapper =
          Files.createDirectories(directory.resolve("w" + i).resolve(name).resolve(name));
      Files.move(tree, wrapper.resolve(name));
      tree = directory.resolve("w" + i);
    }
    Files.createSymbolicLink(tree.resolve("link"), Path.of("/etc"));
    trees.delete(tree);
    assertFalse(Files.exists(tree, LinkOption.NOFOLLOW_LINKS));
    assertTrue(Files.exists(Path.of("/etc/passwd")));
    trees.delete(tree);
  }

  @Test
  void write_manyFiles_areAllThere() throws IOException {
    Path tree =
        tree(
            "many",
            writer -> {
              byte[] content = new byte[300];
              for (int i = 0; i < 20_000; i++) {
                writer.write(
                    TreeEntry.file("d" + i / 100 + "/f" + i, PLAIN, content.length),
                    new ByteArrayInputStream(content));
              }
            });
    assertEquals(20_201, entries(tree).size());
    trees.delete(tree);
    assertFalse(Files.exists(tree));
  }
}
