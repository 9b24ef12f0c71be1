package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Container;
import io.jollyboat.ContainerException;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.ExitStatus;
import io.jollyboat.FileSet;
import io.jollyboat.Image;
import io.jollyboat.NetworkMode;
import io.jollyboat.ProcessSnapshot;
import io.jollyboat.Size;
import io.jollyboat.Wait;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who a container is: users, groups, names, limits, how it is stopped, its processes. */
@IntegrationTest
class IdentityIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static TestStore store;

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
  void open() {
    engine = store.open();
  }

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void groups_byNameOrNumber_areTheImages() {
    ContainerSpec spec =
        ContainerSpec.of(withUsers()).network(NetworkMode.NONE).user("app").groups("extra", "4711");

    assertEquals("1000\n100\n100 200 300 4711\n", Result.sh(engine, spec, "id -u; id -g; id -G"));
  }

  @Test
  void groups_thatTheImageLacks_areNamed() {
    ContainerException e =
        assertThrows(
            ContainerException.class,
            () -> engine.run(Specs.busybox().groups("nosuch").command("true")));

    Failure.says(e, "nosuch", "/etc/group");
  }

  @Test
  void groups_ofACommandBeside_areThereToo() {
    ContainerSpec spec =
        ContainerSpec.of(withUsers())
            .network(NetworkMode.NONE)
            .groups("extra")
            .command("sleep", "600");
    try (Container container = engine.run(spec)) {
      assertEquals("0 300\n", container.exec("id", "-G").out());
    }
  }

  @Test
  void names_areThoseAsked() {
    ContainerSpec spec = Specs.busybox().hostname("web").domainname("example.org");

    assertEquals(
        "web\nexample.org\nweb\nweb\n127.0.1.1 web.example.org web\n",
        Result.sh(
            engine,
            spec,
            "hostname; cat /proc/sys/kernel/domainname /etc/hostname; echo $HOSTNAME;"
                + " tail -n 1 /etc/hosts"));
  }

  @Test
  void hosts_areInTheFile() throws Exception {
    ContainerSpec spec = Specs.busybox().host("db", InetAddress.getByName("192.0.2.7"));

    assertTrue(Result.sh(engine, spec, "cat /etc/hosts").endsWith("\n192.0.2.7 db\n"));
  }

  @Test
  void ulimits_holdForEveryProcess() {
    ContainerSpec spec =
        Specs.busybox()
            .ulimit("nofile", 64, 128)
            .ulimit("core", 0, 0)
            .ulimit("stack", 1 << 20, 2 << 20)
            .ulimit("cpu", 100, 200)
            .command("sleep", "600");
    String limits = "ulimit -n; ulimit -Hn; ulimit -c; ulimit -s; ulimit -t";
    try (Container container = engine.run(spec)) {
      assertEquals("64\n128\n0\n1024\n100\n", container.exec("sh", "-c", limits).out());
    }
    assertEquals("64\n128\n0\n1024\n100\n", Result.sh(engine, spec, limits));
  }

  @Test
  void ulimit_everyName_reachesTheKernel() {
    List<String> names =
        List.of(
            "as",
            "core",
            "cpu",
            "data",
            "fsize",
            "locks",
            "memlock",
            "msgqueue",
            "nice",
            "nofile",
            "nproc",
            "rss",
            "rtprio",
            "rttime",
            "sigpending",
            "stack");
    for (String name : names) {
      long value = name.equals("stack") || name.equals("data") || name.equals("rss") ? 8 << 20 : 0;
      if (name.equals("nofile") || name.equals("nproc") || name.equals("cpu")) {
        value = 100;
      }
      if (name.equals("as")) {
        value = 8L << 30;
      }
      if (name.equals("fsize") || name.equals("rttime")) {
        value = 1 << 20;
      }
      ContainerSpec spec = Specs.busybox().ulimit(name, value, value).command("sleep", "600");
      try (Container container = engine.run(spec)) {
        String limits = limitsOf(container);
        String shown = name.equals("core") ? "Max core file size" : title(name);
        String line =
            limits
                .lines()
                .filter(l -> l.startsWith(shown))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " in " + limits));
        String[] words = line.substring(26).strip().split("\\s+");
        assertEquals(Long.toString(value), words[0], line);
        assertEquals(Long.toString(value), words[1], line);
      }
    }
  }

  private static String title(String name) {
    return switch (name) {
      case "as" -> "Max address space";
      case "cpu" -> "Max cpu time";
      case "data" -> "Max data size";
      case "fsize" -> "Max file size";
      case "locks" -> "Max file locks";
      case "memlock" -> "Max locked memory";
      case "msgqueue" -> "Max msgqueue size";
      case "nice" -> "Max nice priority";
      case "nofile" -> "Max open files";
      case "nproc" -> "Max processes";
      case "rss" -> "Max resident set";
      case "rtprio" -> "Max realtime priority";
      case "rttime" -> "Max realtime timeout";
      case "sigpending" -> "Max pending signals";
      default -> "Max stack size";
    };
  }

  @Test
  void ulimit_aboveThisProcessesOwn_saysWhatItNeeds() throws Exception {
    long hard = hardLimitOfOpenFiles();
    ContainerException e =
        assertThrows(
            ContainerException.class,
            () -> engine.run(Specs.busybox().ulimit("nofile", hard + 1, hard + 1).command("true")));

    Failure.says(e, "limit NOFILE", "CAP_SYS_RESOURCE", "EPERM");
  }

  @Test
  void shm_hasTheSizeAsked() {
    assertEquals(
        "5120\n",
        Result.sh(
            engine,
            Specs.busybox().shm(Size.mib(5)),
            "df -k /dev/shm | tail -n 1 | awk '{print $2}'"));
  }

  @Test
  void stopSignal_isThatAskedAndTimeoutHolds() {
    try (Container container =
        engine.run(
            Specs.busybox()
                .stopSignal("USR1")
                .command("sh", "-c", "trap 'exit 3' USR1; echo up; while :; do sleep 0.1; done")
                .readyWhen(Wait.forLog("up")))) {
      assertEquals(3, container.stop().code());
    }
    try (Container stubborn =
        engine.run(
            Specs.busybox()
                .stopTimeout(Duration.ofMillis(200))
                .command("sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.1; done")
                .readyWhen(Wait.forLog("up")))) {
      ExitStatus status = stubborn.stop();
      assertEquals(137, status.code());
      assertTrue(status.ran().compareTo(LIMIT) < 0, () -> "ran " + status.ran());
    }
  }

  private static boolean sleeps(ProcessSnapshot process) {
    return process.command().equals(List.of("sleep", "600")) && process.state() == 'S';
  }

  @Test
  void top_tellsEveryProcess() throws Exception {
    try (Container container =
        engine.run(
            Specs.busybox()
                .user("12:13")
                .command("sh", "-c", "sleep 600 & echo up; wait")
                .readyWhen(Wait.forLog("up")))) {
      List<ProcessSnapshot> processes = container.top();
      long end = System.nanoTime() + LIMIT.toNanos();
      while (!sleeps(processes.get(processes.size() - 1))) {
        assertTrue(System.nanoTime() < end, "no sleep");
        processes = container.top(); // it is there before it has become its program
      }

      assertEquals(2, processes.size());
      ProcessSnapshot shell = processes.get(0);
      ProcessSnapshot sleep = processes.get(1);
      assertEquals(List.of("sh", "-c", "sleep 600 & echo up; wait"), shell.command());
      assertEquals(List.of("sleep", "600"), sleep.command());
      assertEquals(1, shell.pidInside());
      assertEquals(shell.pid(), sleep.parent());
      assertEquals(12, sleep.uid());
      assertEquals('S', sleep.state());
      assertTrue(sleep.memory().bytes() > 0);
      assertTrue(Duration.between(sleep.started(), Instant.now()).abs().compareTo(LIMIT) < 0);
    }
  }

  private static String limitsOf(Container container) {
    try {
      return Files.readString(Path.of("/proc/" + container.top().get(0).pid() + "/limits"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long hardLimitOfOpenFiles() throws Exception {
    return Files.readAllLines(Path.of("/proc/self/limits")).stream()
        .filter(line -> line.startsWith("Max open files"))
        .map(line -> line.split(" +")[4])
        .mapToLong(text -> text.equals("unlimited") ? Long.MAX_VALUE - 1 : Long.parseLong(text))
        .findFirst()
        .orElseThrow();
  }

  private static Image withUsers() {
    byte[] passwd =
        "root:x:0:0::/root:/bin/sh\napp:x:1000:100::/home/app:/bin/sh\n"
            .getBytes(StandardCharsets.UTF_8);
    byte[] group =
        "root:x:0:\nusers:x:100:\nmore:x:200:app\nextra:x:300:\n".getBytes(StandardCharsets.UTF_8);
    return Image.from(TestImages.BUSYBOX)
        .files(FileSet.empty().bytes(passwd, "/etc/passwd").bytes(group, "/etc/group"));
  }
}
