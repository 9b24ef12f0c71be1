package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ConflictException;
import io.jollyboat.Container;
import io.jollyboat.ContainerException;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.IdMap;
import io.jollyboat.Mount;
import io.jollyboat.Size;
import io.jollyboat.test.Command;
import io.jollyboat.test.EveryKernel;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copying between this machine and containers, running and not, as docker cp does it. */
@IntegrationTest
class CopyIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  private static TestStore store;

  private Path host;
  private Engine engine;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  @BeforeEach
  void open(@TempDir Path directory) throws IOException {
    host = directory;
    engine = store.open();
    Path dir = host.resolve("src/dir");
    Files.createDirectories(dir.resolve("sub"));
    Files.writeString(dir.resolve("f"), "in dir\n");
    Files.writeString(host.resolve("src/file"), "a file\n");
    Files.createSymbolicLink(dir.resolve("link"), Path.of("f"));
  }

  @AfterEach
  void close() {
    engine.close();
  }

  /** One that runs, or one that has ended, with a volume and something to find. */
  private Container container(boolean running, String prepare) {
    ContainerSpec spec = Specs.busybox().mount(Mount.anonymous("/volume"));
    String script = "mkdir /there && echo old > /old && " + prepare;
    Container container =
        engine.run(
            spec.command("sh", "-c", script + (running ? "; touch /ready; sleep 1000" : "")));
    if (running) {
      while (container.exec("test", "-e", "/ready").code() != 0) {
        Thread.onSpinWait();
      }
    } else {
      assertEquals(0, container.awaitExit(SOON).code(), container::logs);
    }
    return container;
  }

  /** What a script prints that looks at the container's files: in the stopped one, by a start. */
  private static String look(Container container, String script) throws IOException {
    if (container.running()) {
      return container.exec("sh", "-c", script).out();
    }
    StringBuilder all = new StringBuilder();
    for (String path : script.replace("cat ", "").split(" ")) {
      Path to = Files.createTempDirectory("jollyboat-look");
      container.copyFrom(path, to.resolve("it"));
      all.append(Files.readString(to.resolve("it")));
      Files.delete(to.resolve("it"));
      Files.delete(to);
    }
    return all.toString();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void file_copiedIn_goesWhereDockerPutsIt(boolean running) throws IOException {
    Path file = host.resolve("src/file");
    try (Container container = container(running, "ln -s /there /to")) {
      container.copyTo(file, "/there");
      container.copyTo(file, "/there/renamed");
      container.copyTo(file, "/old");
      container.copyTo(file, "/to/");
      container.copyTo(file, "/volume");
      assertEquals(
          "a file\n".repeat(4),
          look(container, "cat /there/file /there/renamed /old /volume/file"));
      refused(() -> container.copyTo(file, "/missing/deep/x"), "/missing/deep");
      refused(() -> container.copyTo(file, "/missing/"), "/missing/");
      refused(() -> container.copyTo(host.resolve("none"), "/there"), "none");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void directory_copiedIn_goesWhereDockerPutsIt(boolean running) throws IOException {
    Path dir = host.resolve("src/dir");
    try (Container container = container(running, "true")) {
      container.copyTo(dir, "/there");
      container.copyTo(dir, "/new");
      container.copyTo(dir.resolve("."), "/there");
      assertEquals(
          "in dir\n".repeat(4), look(container, "cat /there/dir/f /new/f /there/f /new/f"));
      refused(() -> container.copyTo(dir, "/old"), "cannot replace");
      try (InputStream tar = container.copyFrom("/there/link")) {
        assertTrue(Tars.list(tar).startsWith("lrwxrwxrwx"));
      }
    }
  }

  @Test
  void directory_ofSeveralOwnersAndKinds_arrivesAsItWas() throws IOException {
    Path dir = host.resolve("src/dir");
    Path file = dir.resolve("f");
    Files.setAttribute(file, "unix:uid", 1234);
    Files.setAttribute(file, "unix:gid", 99);
    Files.setAttribute(file, "unix:mode", 04751);
    Files.createLink(dir.resolve("hard"), file);
    Files.setLastModifiedTime(
        dir.resolve("sub"), java.nio.file.attribute.FileTime.from(1_000_000_000, TimeUnit.SECONDS));
    try (Container container = container(true, "true")) {
      container.copyTo(dir, "/there");
      assertEquals(
          "4751 1234:99 2\n1000000000\nf\n",
          look(
              container,
              "cd /there/dir; stat -c '%a %u:%g %h' hard; stat -c %Y sub; readlink link"));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void archive_copiedIn_replacesWhatIsInTheWay(boolean running) throws IOException {
    byte[] tar = Tars.of(host.resolve("src"), "dir", "file");
    byte[] zipped = Tars.gzip(tar);
    try (Container container = container(running, "mkdir /there/file; echo x > /there/dir")) {
      container.copyTo(new ByteArrayInputStream(tar), "/there");
      container.copyTo(new ByteArrayInputStream(zipped), "/volume");
      assertEquals(
          "in dir\na file\nin dir\n",
          look(container, "cat /there/dir/f /there/file /volume/dir/f"));
      refused(() -> container.copyTo(new ByteArrayInputStream(tar), "/old"), "not a directory");
      refused(() -> container.copyTo(new ByteArrayInputStream(tar), "/none"), "no directory");
      refused(
          () -> container.copyTo(new ByteArrayInputStream(new byte[600]), "/there/file"), "file");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void archive_copiedOut_isNamedAsDockerNamesIt(boolean running) throws IOException {
    String make =
        "mkdir /d; echo 1 > /d/a; ln -s a /d/l; ln /d/a /d/b; ln -s d /to; mkfifo /d/pipe;"
            + " chown 5:6 /d/a; echo v > /volume/v";
    try (Container container = container(running, make)) {
      assertEquals(List.of("d/", "d/a", "d/b", "d/l", "d/pipe"), names(container, "/d"));
      assertEquals(List.of("d/", "d/a", "d/b", "d/l", "d/pipe"), names(container, "/d/"));
      assertEquals(List.of("./", "a", "b", "l", "pipe"), names(container, "/d/."));
      assertEquals(List.of("a"), names(container, "/d/a"));
      assertEquals(List.of("to"), names(container, "/to"), "a link is a link");
      assertEquals(List.of("to/", "to/a", "to/b", "to/l", "to/pipe"), names(container, "/to/"));
      assertEquals(List.of("a"), names(container, "/to/a"));
      assertEquals(List.of("volume/", "volume/v"), names(container, "/volume"));
      try (InputStream tar = container.copyFrom("/d")) {
        String list = Tars.list(tar);
        assertTrue(list.contains(" 5/6 ") && list.contains("link to d/a"), list);
      }
      refused(() -> container.copyFrom("/none").close(), "there is no /none");
      refused(() -> container.copyFrom("/d/a/").close(), "not a directory");
    }
  }

  private static List<String> names(Container container, String path) throws IOException {
    try (InputStream tar = container.copyFrom(path)) {
      return Tars.names(tar);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void directory_copiedOut_goesWhereDockerPutsIt(boolean running) throws IOException {
    String make =
        "mkdir /d; echo 1 > /d/a; ln -s /etc/passwd /d/l; chown 5:6 /d/a; chmod 6755 /d/a;"
            + " mknod /d/null c 1 3";
    Path out = Files.createDirectory(host.resolve("out"));
    try (Container container = container(running, make)) {
      container.copyFrom("/d", out);
      container.copyFrom("/d", out.resolve("new"));
      container.copyFrom("/d/.", out);
      container.copyFrom("/d/a", out.resolve("renamed"));
      for (String file : List.of("d/a", "new/a", "a", "renamed")) {
        assertEquals("1\n", Files.readString(out.resolve(file)), file);
        assertEquals(5, Files.getAttribute(out.resolve(file), "unix:uid"));
        assertEquals(0100755, Files.getAttribute(out.resolve(file), "unix:mode"), "no set-id bits");
      }
      assertEquals(Path.of("/etc/passwd"), Files.readSymbolicLink(out.resolve("d/l")));
      assertFalse(Files.exists(out.resolve("d/null")), "no devices");
      refused(() -> container.copyFrom("/d", out.resolve("a")), "cannot replace");
      refused(() -> container.copyFrom("/d/a", out.resolve("no/way")), "no directory");
      refused(() -> container.copyFrom("/there", host.resolve("src/file/x")), "no directory");
    }
  }

  @Test
  void largeFile_copiedBothWays_isTheSame() throws IOException {
    byte[] bytes = new byte[9_000_001];
    new java.util.Random(7).nextBytes(bytes);
    Path file = Files.write(host.resolve("large"), bytes);
    try (Container container = container(true, "true")) {
      container.copyTo(file, "/large");
      container.copyFrom("/large", host.resolve("back"));
      assertArrayEquals(bytes, Files.readAllBytes(host.resolve("back")));
    }
  }

  @Test
  void copyFrom_closedEarly_leavesNoThread() throws IOException {
    try (Container container = container(true, "dd if=/dev/zero of=/big bs=1M count=8")) {
      try (InputStream tar = container.copyFrom("/big")) {
        assertEquals(512, tar.readNBytes(512).length);
      }
    }
  }

  @Test
  void copyFrom_whatTheKernelMakesUp_isLeftOut() throws IOException {
    try (Container container = container(true, "true")) {
      List<String> all = names(container, "/.");
      assertTrue(all.contains("proc/") && all.contains("bin/busybox"), all.toString());
      assertTrue(all.stream().noneMatch(name -> name.startsWith("proc/1")), "nothing of /proc");
      refused(() -> container.copyFrom("/proc/sys", host), "/proc/sys");
      refused(() -> container.copyFrom("/proc/uptime", host), "uptime");
    }
  }

  @Test
  void start_whileFilesOfAStoppedOneAreRead_isRefusedAndWorksAfterwards() throws IOException {
    try (Container container = container(false, "true")) {
      try (InputStream tar = container.copyFrom("/there")) {
        assertThrows(ConflictException.class, container::start);
        assertEquals(List.of("there/"), Tars.names(tar));
      }
      container.copyTo(host.resolve("src/file"), "/there");
      assertTrue(Files.exists(store.root()));
      container.remove();
    }
  }

  @Test
  void copy_intoOneThatWasNeverStarted_isThereWhenItStarts() throws IOException {
    ContainerSpec spec = Specs.busybox().command("cat", "/etc/given", "/volume/file");
    try (Container container = engine.containers().create(spec.mount(Mount.anonymous("/volume")))) {
      container.copyTo(host.resolve("src/file"), "/etc/given");
      container.copyTo(host.resolve("src/file"), "/volume");
      container.start();
      assertEquals(0, container.awaitExit(SOON).code());
      assertEquals("a file\na file\n", container.logs());
    }
  }

  @Test
  void readOnlyRoot_copiedInto_isRefusedButAMountIsNot() throws IOException {
    ContainerSpec spec = Specs.busybox().readOnlyRoot().mount(Mount.tmpfs("/scratch", Size.mib(1)));
    try (Container container = engine.run(spec.command("sleep", "1000"))) {
      refused(() -> container.copyTo(host.resolve("src/file"), "/etc"), "read-only");
      container.copyTo(host.resolve("src/file"), "/scratch");
      assertEquals("a file\n", container.exec("cat", "/scratch/file").out());
    }
  }

  @Test
  void copy_withOneInAUserNamespace_keepsTheIdsInside() throws IOException {
    List<IdMap> ids = List.of(new IdMap(0, 200_000, 65_536));
    ContainerSpec spec =
        Specs.busybox()
            .rights(rights -> rights.userNamespace(ids, ids))
            .command("sh", "-c", "stat -c '%u %a' /given; sleep 1000");
    Path file = host.resolve("src/file");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    try (Container container = engine.containers().create(spec)) {
      container.copyTo(file, "/given");
      container.start();
      while (!container.logs().contains("\n")) {
        Thread.onSpinWait();
      }
      assertEquals("0 640\n", container.logs());
      refused(() -> container.copyTo(file, "/etc"), "stop it first");
    }
  }

  /**
   * A process that swaps a directory for links out of the container, as fast as it can, while files
   * are copied through it: none may arrive on this machine, and none of this machine may leave it.
   */
  @EveryKernel
  @Test
  void copy_whileTheContainerSwapsLinks_neverLeavesIt() throws IOException {
    Path outside = Files.createDirectory(host.resolve("outside"));
    Path secret = Files.writeString(outside.resolve("file"), "of the host\n");
    Files.setPosixFilePermissions(outside, PosixFilePermissions.fromString("rwxr-x---"));
    String before = picture(outside);
    byte[] tar = Tars.of(host.resolve("src"), "dir");
    byte[] one = Tars.of(host.resolve("src"), "file");
    String climbing = "../../../../../../../../../.." + outside;
    String swap =
        "mkdir /w /w/real /w/real/dir; echo inside > /w/real/file; ln -s "
            + outside
            + " /w/a; ln -s "
            + climbing
            + " /w/b; cp -a /w/real /w/x; touch /ready;"
            + " while true; do mv /w/x /w/t; mv -T /w/a /w/x; mv -T /w/x /w/a; mv -T /w/b /w/x;"
            + " mv -T /w/x /w/b; mv /w/t /w/x; done";
    int arrived = 0;
    int refused = 0;
    try (Container container = engine.run(Specs.busybox().cpus(0.2).command("sh", "-c", swap))) {
      for (int i = 0; i < ROUNDS; i++) {
        try {
          switch (i % 4) {
            case 0 -> container.copyTo(new ByteArrayInputStream(one), "/w/x");
            case 1 -> container.copyTo(new ByteArrayInputStream(tar), "/w/x");
            case 2 -> {
              try (InputStream read = container.copyFrom("/w/x/file")) {
                String text =
                    new String(read.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
                assertFalse(text.contains("of the host"), "round " + i);
              }
            }
            default -> container.copyTo(host.resolve("src/file"), "/w/x/dir/deep");
          }
          arrived++;
        } catch (ContainerException | IOException e) {
          refused++;
        }
      }
      assertTrue(container.running());
    }
    assertEquals(before, picture(outside));
    assertEquals("of the host\n", Files.readString(secret));
    assertTrue(arrived > ROUNDS / 100 && refused > ROUNDS / 100, arrived + " and " + refused);
  }

  private static final int ROUNDS = Integer.getInteger("copy.rounds", 100_000);

  private static String picture(Path directory) {
    return Command.run(
        SOON, "find", directory.toString(), "-printf", "%p %m %u %g %s %T@ %C@ %l\\n");
  }

  private interface Call {
    void run() throws IOException;
  }

  private static void refused(Call call, String part) {
    Failure.says(assertThrows(ContainerException.class, call::run), part);
  }
}
