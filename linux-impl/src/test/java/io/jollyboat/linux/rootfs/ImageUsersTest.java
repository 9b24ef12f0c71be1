package io.jollyboat.linux.rootfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.OpenFlags;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageUsersTest {
  private static final String PASSWD =
      """

      root:x:0:0:root:/root:/bin/sh
      web:x:33:34:web:/srv/web:/bin/false
      77:x:500:501::/home/named-77
      seven:x:77:78::/home/seven
      nohome:x:90:90
      no entry at all
      huge:x:99999999999:1::/
      """;
  private static final String GROUP =
      """
      root:x:0:
      web:x:34:
      logs:x:4:web,seven,root
      adm:x:5:web
      78:x:600:
      garbage
      """;

  private final ImageUsers users = ImageUsers.parse(PASSWD, GROUP);

  @Test
  void resolve_nothing_isRootWithRootsGroups() {
    assertEquals(new ImageUser(0, 0, List.of(4), "/root"), users.resolve(""));
  }

  @Test
  void resolve_name_hasGroupHomeAndSupplementaryGroups() {
    assertEquals(new ImageUser(33, 34, List.of(4, 5), "/srv/web"), users.resolve("web"));
  }

  @Test
  void resolve_nameAndGroup_hasOnlyThatGroup() {
    assertEquals(new ImageUser(33, 4, List.of(), "/srv/web"), users.resolve("web:logs"));
    assertEquals(new ImageUser(33, 4242, List.of(), "/srv/web"), users.resolve("web:4242"));
  }

  @Test
  void resolve_number_isAnIdAndNeverAName() {
    assertEquals(new ImageUser(77, 78, List.of(4), "/home/seven"), users.resolve("77"));
    assertEquals(78, users.resolve("web:78").gid());
  }

  @Test
  void resolve_numberWithoutEntry_isTaken() {
    assertEquals(new ImageUser(1234, 0, List.of(), "/"), users.resolve("1234"));
    assertEquals(new ImageUser(2147483647, 5, List.of(), "/"), users.resolve("2147483647:adm"));
  }

  @Test
  void resolve_shortEntry_hasTheRootAsHome() {
    assertEquals(new ImageUser(90, 90, List.of(), "/"), users.resolve("nohome"));
  }

  @Test
  void resolve_missingName_saysWhich() {
    assertMessage("nobody-here", "nobody-here", "/etc/passwd");
    assertMessage("web:nogroup", "nogroup", "/etc/group");
    assertMessage("huge", "huge", "/etc/passwd");
  }

  @Test
  void resolve_numberOutOfRange_isRefused() {
    for (String text : List.of("-1", "2147483648", "9223372036854775808", "0:-3", "0:2147483648")) {
      assertThrows(IllegalArgumentException.class, () -> users.resolve(text), text);
    }
  }

  @Test
  void parse_veryLongLine_isRead() {
    String members = "someone,".repeat(100_000) + "web";
    assertEquals(
        List.of(9), ImageUsers.parse(PASSWD, "big:x:9:" + members).resolve("web").groups());
  }

  @Test
  void of_filesThatAreNone_isRefusedWithTheirName(@TempDir Path directory) throws Exception {
    Path etc = Files.createDirectories(directory.resolve("image/etc"));
    Files.createSymbolicLink(etc.resolve("passwd"), Path.of("passwd"));
    assertRefused(directory.resolve("image"), "/etc/passwd");

    Files.delete(etc.resolve("passwd"));
    Files.createSymbolicLink(etc.resolve("passwd"), Path.of("/proc"));
    assertEquals(0, users(directory.resolve("image")).resolve("").uid());

    Files.writeString(etc.resolve("group"), "a\n".repeat(3 << 20));
    assertRefused(directory.resolve("image"), "/etc/group");
  }

  private static ImageUsers users(Path image) {
    try (LinuxMergedTree tree = merged(image)) {
      return ImageUsers.of(tree);
    }
  }

  private static LinuxMergedTree merged(Path image) {
    int flags = OpenFlags.O_PATH | OpenFlags.O_DIRECTORY;
    return new LinuxMergedTree(
        new TreeAccess(java.util.Optional.empty()),
        FileCalls.open(image.toString(), flags, 0),
        new Attributes("trusted"));
  }

  private static void assertRefused(Path image, String file) {
    Exception e = assertThrows(IllegalArgumentException.class, () -> users(image));
    assertTrue(e.toString().contains(file), e::toString);
  }

  @Test
  void find_parentOfTheRoot_isTheRoot(@TempDir Path directory) throws Exception {
    Path image = Files.createDirectories(directory.resolve("image"));
    Files.writeString(directory.resolve("outside"), "x");
    try (LinuxMergedTree tree = merged(image)) {
      assertTrue(tree.find("../outside").isEmpty());
      assertEquals("", tree.find("..").orElseThrow().path());
    }
  }

  private void assertMessage(String text, String... parts) {
    Exception e = assertThrows(IllegalArgumentException.class, () -> users.resolve(text));
    for (String part : parts) {
      assertTrue(e.toString().contains(part), e::toString);
    }
  }
}
