package io.jollyboat.linux.rootfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.spi.host.TreeEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class HostEtcTest {
  @TempDir Path etc = Path.of("");

  @BeforeEach
  void fill() throws IOException {
    file("passwd", "rw-r--r--");
    file("ssh/ssh_host_key", "rw-------");
    file("ssh/ssh_config", "rw-r--r--");
    file("sudoers.d/mine", "r--r-----");
    file("private/deep/key", "rw-r--r--");
    Files.setPosixFilePermissions(
        etc.resolve("private"), PosixFilePermissions.fromString("rwx--x--x"));
    Files.createSymbolicLink(etc.resolve("link"), Path.of("/root/secret"));
  }

  @Test
  void look_whatOthersMayNotRead_isHidden() throws IOException {
    Set<String> hidden = hidden(HostEtc.look(etc, ""));

    assertTrue(
        hidden.containsAll(Set.of("ssh/ssh_host_key", "private", "sudoers.d")), hidden::toString);
    assertFalse(hidden.contains("passwd"));
    assertFalse(hidden.contains("ssh/ssh_config"));
  }

  @Test
  void look_filesThatComeForAMoment_areHiddenBefore() throws IOException {
    Set<String> hidden = hidden(HostEtc.look(etc, ""));

    assertTrue(
        hidden.containsAll(Set.of("shadow", "shadow-", "shadow+", "nshadow", "sudoers.tmp")),
        hidden::toString);
  }

  @Test
  void isCurrent_untouched_isTrue() throws IOException {
    assertTrue(HostEtc.isCurrent(HostEtc.look(etc, "").seen()));
  }

  @Test
  void isCurrent_newSecret_isFalseAndThenItIsHidden() throws Exception {
    HostEtc before = HostEtc.look(etc, "");
    Thread.sleep(20); // the kernel's clock for files has ticks
    file("ssh/new_key", "rw-------");

    assertFalse(HostEtc.isCurrent(before.seen()));
    assertTrue(hidden(HostEtc.look(etc, "")).contains("ssh/new_key"));
  }

  @Test
  void isCurrent_directoryGone_isFalse() throws Exception {
    HostEtc before = HostEtc.look(etc, "");
    Files.delete(etc.resolve("ssh/ssh_host_key"));
    Files.delete(etc.resolve("ssh/ssh_config"));
    Files.delete(etc.resolve("ssh"));

    assertFalse(HostEtc.isCurrent(before.seen()));
  }

  @Test
  void look_everyEntry_hasADirectoryAbove() throws IOException {
    Set<String> directories =
        HostEtc.look(etc, "/etc/ssl/certs/ca.crt").entries().stream()
            .filter(entry -> entry.kind() == TreeEntry.Kind.DIRECTORY)
            .map(TreeEntry::path)
            .collect(Collectors.toSet());
    for (TreeEntry entry : HostEtc.look(etc, "/etc/ssl/certs/ca.crt").entries()) {
      assertTrue(directories.contains(entry.parent()), entry.path());
    }
    assertEquals(Set.of("", "ssh", "ssl", "ssl/certs"), directories);
  }

  private static Set<String> hidden(HostEtc looked) {
    return looked.entries().stream()
        .filter(entry -> entry.kind() == TreeEntry.Kind.WHITEOUT)
        .map(TreeEntry::path)
        .collect(Collectors.toSet());
  }

  private void file(String name, String permissions) throws IOException {
    Path file = etc.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "x");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }
}
