package io.jollyboat.linux.userns;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.linux.launcher.RequiresRoot;
import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.FileStat;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.OpenFlags;
import io.jollyboat.linux.syscall.TreeCalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Calls made by a keeper whose namespace has other ids than this process. */
@ExtendWith(RequiresRoot.class)
class KeeperFilesTest {
  private static final int DIRECTORY = OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY;
  private static final int OUTSIDE = 500_000;

  @TempDir Path directory = Path.of("");
  private UserNamespace namespace;
  private KeeperFiles files;
  private Fd root;

  @BeforeEach
  void start() throws IOException {
    IdTable ids = IdTable.of(0, List.of(new IdRange(0, OUTSIDE + 1, 999)));
    namespace = UserNamespace.of(directory.resolve("copies"), new OwnerIds(ids, ids, true));
    files = namespace.files();
    Path tree = Files.createDirectory(directory.resolve("tree"));
    root = FileCalls.open(tree.toString(), DIRECTORY, 0);
  }

  @AfterEach
  void stop() {
    root.close();
    namespace.close();
  }

  private Path path(String name) {
    return directory.resolve("tree").resolve(name);
  }

  private Object attribute(String name, String attribute) throws IOException {
    return Files.getAttribute(path(name), "unix:" + attribute, LinkOption.NOFOLLOW_LINKS);
  }

  private void make(String name, String content) {
    try (Fd file = files.open(root, name, TreeCalls.NEW_FILE, 0640)) {
      FileCalls.writeFully(file, content.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void file_madeInside_isWrittenHereAndBelongsToTheIdsInside() throws IOException {
    make("file", "text");
    files.changeOwner(root, "file", 33, 44);
    files.changeMode(root, "file", 04751);
    files.changeTimes(root, "file", 1_000_000_000, 5, 1_100_000_000, 7);
    assertEquals("text", Files.readString(path("file")));
    assertEquals(OUTSIDE + 33, attribute("file", "uid"));
    assertEquals(OUTSIDE + 44, attribute("file", "gid"));
    FileStat stat = files.stat(root, "file");
    assertEquals(33, stat.uid());
    assertEquals(44, stat.gid());
    assertEquals(04751, stat.permissions());
    assertEquals(1_100_000_000L * 1_000_000_000 + 7, stat.modified());
  }

  @Test
  void openFile_changedInside_isChanged() throws IOException {
    try (Fd file = files.open(root, "file", TreeCalls.NEW_FILE, 0600)) {
      files.changeOwner(file, 5, 6);
      files.changeMode(file, 02710);
      files.changeTimes(file, "", 3, 0, 4, 0);
      files.setAttribute(file, "user.note", new byte[] {1, 2});
    }
    FileStat stat = files.stat(root, "file");
    assertEquals(List.of(5, 6, 02710), List.of(stat.uid(), stat.gid(), stat.permissions()));
    assertEquals(4_000_000_000L, stat.modified());
    assertArrayEquals(new byte[] {1, 2}, files.attribute(root, "file", "user.note").orElseThrow());
  }

  @Test
  void names_ofEveryKind_areMadeMovedAndRemoved() throws IOException {
    files.makeDirectory(root, "d", 0700);
    files.makeSymlink(root, "link", "d/\udc80");
    files.makeNode(root, "pipe", TreeCalls.S_IFIFO | 0600, 0);
    files.makeNode(root, "whiteout", TreeCalls.S_IFCHR, 0);
    make("a", "x");
    files.makeLink(root, "a", root, "b");
    files.rename(root, "b", root, "c");
    assertEquals("d/\udc80", files.readLink(root, "link"));
    assertEquals(2, files.stat(root, "a").links());
    assertTrue(files.stat(root, "whiteout").isCharacterDevice());
    assertEquals(
        Errno.EISDIR,
        assertThrows(KernelException.class, () -> files.removeFile(root, "d")).errno());
    files.removeDirectory(root, "d");
    for (String name : List.of("link", "pipe", "whiteout", "a", "c")) {
      files.removeFile(root, name);
    }
    assertEquals(0, path("").toFile().list().length);
  }

  @Test
  void attributes_setInside_areListedGivenAndRemoved() {
    files.makeDirectory(root, "d", 0755);
    byte[] large = new byte[2000];
    files.setAttribute(root, "d", "user.large", large);
    files.setAttribute(root, "d", "user.overlay.opaque", new byte[] {'y'});
    List<String> names = new ArrayList<>(files.attributes(root, "d"));
    names.sort(null);
    assertEquals(List.of("user.large", "user.overlay.opaque"), names);
    assertArrayEquals(large, files.attribute(root, "d", "user.large").orElseThrow());
    files.removeAttribute(root, "d", "user.large");
    assertEquals(Optional.empty(), files.attribute(root, "d", "user.large"));
  }

  @Test
  void open_ofWhatIsAnothersInside_givesADescriptor() throws IOException {
    make("secret", "s");
    files.changeOwner(root, "secret", 7, 7);
    files.changeMode(root, "secret", 0);
    byte[] read = new byte[10];
    try (Fd path = files.openInRoot(root, "secret", OpenFlags.O_PATH);
        Fd file = files.reopen(path, OpenFlags.O_RDONLY)) {
      assertEquals(1, FileCalls.read(file, read));
    }
    try (Fd file = files.open(root, "secret", OpenFlags.O_RDONLY, 0)) {
      assertEquals(1, FileCalls.read(file, read));
    }
  }

  @Test
  void openInRoot_ofALinkThatClimbs_staysBelow() {
    files.makeSymlink(root, "out", "/../../etc");
    KernelException e =
        assertThrows(
            KernelException.class,
            () -> files.openInRoot(root, "out/passwd", OpenFlags.O_PATH).close());
    assertEquals(Errno.ENOENT, e.errno());
  }

  @Test
  void overlay_ofTwoLayers_isSeenHere() throws IOException {
    for (String layer : List.of("lower", "upper")) {
      files.makeDirectory(root, layer, 0755);
      try (Fd made = files.open(root, layer, DIRECTORY, 0)) {
        files.makeDirectory(made, "d", 0755);
        try (Fd inner = files.open(made, "d", DIRECTORY, 0);
            Fd file = files.open(inner, layer, TreeCalls.NEW_FILE, 0644)) {
          assertTrue(file.isOpen());
        }
        if (layer.equals("upper")) {
          files.makeNode(made, "gone", TreeCalls.S_IFCHR, 0);
        } else {
          make("unused", "");
          files.makeDirectory(made, "gone", 0755);
        }
      }
    }
    try (Fd merged = files.overlay(List.of(path("upper"), path("lower")), Optional.empty(), 1)) {
      Path seen = Path.of(merged.path());
      assertTrue(Files.exists(seen.resolve("d/lower")));
      assertTrue(Files.exists(seen.resolve("d/upper")));
      assertFalse(Files.exists(seen.resolve("gone")));
    }
  }

  @Test
  void call_thatIsRefused_namesItself() {
    KernelException e =
        assertThrows(KernelException.class, () -> files.changeOwner(root, "none", 1, 1));
    assertEquals("fchownat", e.call());
    assertEquals("none", e.what());
    assertEquals(Errno.ENOENT, e.errno());
    // An id that the namespace does not have.
    make("file", "");
    e = assertThrows(KernelException.class, () -> files.changeOwner(root, "file", 5000, 1));
    assertEquals(Errno.EINVAL, e.errno());
  }

  @Test
  void close_endsTheProcess_andLeavesNothing() {
    files.makeDirectory(root, "d", 0755);
    namespace.close();
    namespace.close();
    assertThrows(IllegalStateException.class, () -> files.stat(root, "d"));
    assertThrows(IllegalStateException.class, namespace::files);
  }
}
