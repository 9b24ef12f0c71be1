package io.jollyboat.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The leak check sees each kind of thing that an engine could leave. */
@ExtendWith(RequiresRoot.class)
class LeakCheckIT {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final Belongings before = Belongings.now();

  @Test
  void since_nothingHappened_isEmpty() {
    assertEquals("", Belongings.now().since(before));
  }

  @Test
  void since_openFileAndSocket_namesBoth() throws IOException {
    try (InputStream file = Files.newInputStream(Path.of("/proc/self/status"));
        ServerSocket socket = new ServerSocket(0)) {
      assertTrue(file.read() >= 0 && socket.isBound());
      String left = Belongings.now().since(before);
      assertTrue(left.contains("/status"), left);
      assertTrue(left.contains("fd of socket"), left);
    }
  }

  @Test
  void since_mount_namesItsPlace() throws IOException {
    Path place = Files.createTempDirectory("junit-mount");
    Command.run(LIMIT, Command.find("mount").toString(), "-t", "tmpfs", "none", place.toString());
    try {
      assertLeft("mount at " + place);
    } finally {
      Command.run(LIMIT, Command.find("umount").toString(), place.toString());
      Files.delete(place);
    }
  }

  @Test
  void since_cgroup_namesIt() throws IOException {
    Path hierarchy =
        Files.isDirectory(Path.of("/sys/fs/cgroup/pids"))
            ? Path.of("/sys/fs/cgroup/pids")
            : Path.of("/sys/fs/cgroup");
    Path cgroup =
        Files.createDirectory(hierarchy.resolve("jollyboat-leak-" + ProcessHandle.current().pid()));
    try {
      assertLeft("cgroup " + cgroup);
    } finally {
      Files.delete(cgroup);
    }
  }

  @Test
  void since_networkLink_namesIt() {
    String name = "jbleak" + ProcessHandle.current().pid() % 100000;
    Command.run(LIMIT, Command.find("ip").toString(), "link", "add", name, "type", "bridge");
    try {
      assertLeft("/" + name);
    } finally {
      Command.run(LIMIT, Command.find("ip").toString(), "link", "del", name);
    }
  }

  @Test
  void since_packetTable_namesIt() {
    String name = "jollyboat_leak_" + ProcessHandle.current().pid();
    Command.run(LIMIT, Command.find("nft").toString(), "add", "table", "ip", name);
    try {
      assertLeft("nf_tables table ip " + name);
    } finally {
      Command.run(LIMIT, Command.find("nft").toString(), "delete", "table", "ip", name);
    }
  }

  @Test
  void since_child_namesItsPid() throws IOException, InterruptedException {
    Process child = new ProcessBuilder("sleep", "60").start();
    try {
      assertLeft("child " + child.pid());
    } finally {
      child.destroyForcibly().waitFor();
      child.getInputStream().close();
      child.getErrorStream().close();
      child.getOutputStream().close();
    }
  }

  @Test
  void since_temporaryFile_namesIt() throws IOException {
    Path file = Files.createTempFile("jollyboat-leak", "");
    try {
      assertLeft("file " + file);
    } finally {
      Files.delete(file);
    }
  }

  private void assertLeft(String what) {
    String left = Belongings.now().since(before);
    assertTrue(left.contains(what), left);
  }
}
