package io.jollyboat.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ConflictException;
import io.jollyboat.Container;
import io.jollyboat.ContainerException;
import io.jollyboat.ContainerProcess;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.ExecSpec;
import io.jollyboat.NamespaceMode;
import io.jollyboat.Namespaces;
import io.jollyboat.NetworkMode;
import io.jollyboat.ProcessSnapshot;
import io.jollyboat.Size;
import io.jollyboat.Wait;
import io.jollyboat.test.EveryKernel;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Namespaces of a container's own, of this machine and of another container. */
@EveryKernel
@IntegrationTest
class NamespacesIT {
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

  @Tag(EveryKernel.DELEGATED)
  @ParameterizedTest
  @ValueSource(strings = {"pid", "ipc", "uts", "cgroup"})
  void kind_ownHostOrAnothers_isThatOne(String kind) throws Exception {
    String here = Files.readSymbolicLink(Path.of("/proc/self/ns/" + kind)).toString();
    try (Container other = engine.run(sleeping().name("other"))) {
      String others = namespace(other, kind);

      assertNotEquals(here, others);
      assertEquals(here, namespaceOf(kind, NamespaceMode.HOST));
      assertEquals(others, namespaceOf(kind, NamespaceMode.container("other")));
      assertEquals(others, namespaceOf(kind, NamespaceMode.container(other.id().hex())));
      String own = namespaceOf(kind, NamespaceMode.OWN);
      assertFalse(List.of(here, others).contains(own), own);
    }
  }

  @Test
  void network_ofAnotherContainer_isSharedWithItsNames() throws Exception {
    try (Container other =
            engine.run(
                sleeping()
                    .name("other")
                    .network(NetworkMode.BRIDGE)
                    .host("extra", InetAddress.getByName("192.0.2.9")));
        Container joined = engine.run(sleeping().network(NetworkMode.container("other")))) {
      assertEquals(namespace(other, "net"), namespace(joined, "net"));
      assertEquals(output(other, "cat /etc/hosts"), output(joined, "cat /etc/hosts"));
      assertEquals(output(other, "cat /etc/resolv.conf"), output(joined, "cat /etc/resolv.conf"));
      assertEquals(output(other, "hostname"), output(joined, "hostname"));
      assertTrue(output(joined, "cat /etc/hosts").contains("192.0.2.9 extra"));
      ContainerProcess server =
          joined.exec(ExecSpec.of("nc", "-l", "-p", "8000", "-e", "echo", "through"));
      other.await(Wait.forPort(8000).within(LIMIT));
      server.destroyForcibly().waitFor();
    }
  }

  @Test
  void network_ofAnother_publishesNothingItself() {
    try (Container other = engine.run(sleeping().name("other"))) {
      ContainerException e =
          assertThrows(
              ContainerException.class,
              () -> engine.run(sleeping().network(NetworkMode.container("other")).publish(80)));

      Failure.says(e, "container:other", "published");
      assertTrue(other.running());
    }
  }

  @Test
  void files_ofOneWhoseOtherHasEnded_canStillBeRead() throws Exception {
    try (Container other = engine.run(sleeping().name("other"));
        Container joined =
            engine.run(pidOf("other").command("sh", "-c", "echo kept > /file; exit 0"))) {
      assertEquals(0, joined.awaitExit(LIMIT).code());
      other.close();

      assertTrue(joined.diff().stream().anyMatch(change -> change.toString().contains("/file")));
    }
  }

  @Test
  void other_thatDoesNotRunOrIsNotThere_isNamed() {
    try (Container ended = engine.run(Specs.busybox().name("ended").command("true"))) {
      assertEquals(0, ended.awaitExit(LIMIT).code());

      ConflictException conflict =
          assertThrows(ConflictException.class, () -> engine.run(pidOf("ended")));
      ContainerException absent =
          assertThrows(ContainerException.class, () -> engine.run(pidOf("absent")));

      Failure.says(conflict, "ended");
      Failure.says(absent, "no container absent");
    }
  }

  @Test
  void pid_ofThisMachine_seesItAndEndsWhole() throws Exception {
    Container container =
        engine.run(
            Specs.busybox()
                .namespaces(all -> all.pid(NamespaceMode.HOST))
                .command("sh", "-c", "(sleep 611 & sleep 612 &) ; setsid sleep 613 & sleep 614"));
    try (container) {
      long here = ProcessHandle.current().pid();
      assertEquals("there\n", output(container, "test -d /proc/" + here + " && echo there"));
      awaitProcesses(container, 4);
    }
    assertEquals(0, sleepers(611, 614));
  }

  @Test
  void pid_ofThisMachine_firstProcessEnds_theRestDoesToo() throws Exception {
    try (Container container =
        engine.run(
            Specs.busybox()
                .namespaces(all -> all.pid(NamespaceMode.HOST))
                .command(
                    "sh", "-c", "(setsid sleep 621 & setsid sleep 622 &); echo up; read x; exit 4")
                .interactive()
                .readyWhen(Wait.forLog("up")))) {
      awaitProcesses(container, 3);
      container.stdin().write('\n');
      container.stdin().flush();

      assertEquals(4, container.awaitExit(LIMIT).code());
      assertEquals(0, sleepers(621, 622));
    }
  }

  @Test
  void pid_ofThisMachine_orphansAreReapedWhileItRuns() throws Exception {
    try (Container container =
        engine.run(
            Specs.busybox()
                .namespaces(all -> all.pid(NamespaceMode.HOST))
                .command("sh", "-c", "for i in 1 2 3 4 5; do (sleep 0.1 &) ; done; sleep 600"))) {
      long end = System.nanoTime() + LIMIT.toNanos();
      while (container.top().size() > 1) {
        assertTrue(System.nanoTime() < end, () -> "left: " + container.top());
        Thread.sleep(20);
      }
    }
  }

  @Test
  void pid_ofAnother_endsWithoutIt() throws Exception {
    try (Container other = engine.run(sleeping().name("other"));
        Container joined = engine.run(pidOf("other"))) {
      assertTrue(output(joined, "ps -o args").contains("sleep 600"));

      joined.close();

      assertTrue(other.running());
      assertEquals(1, other.top().size());
    }
  }

  @Test
  void pid_ofAnotherThatEnds_takesItAlong() {
    try (Container other = engine.run(sleeping().name("other"));
        Container joined = engine.run(pidOf("other"))) {
      other.kill("KILL");

      assertEquals(137, joined.awaitExit(LIMIT).code());
    }
  }

  @Test
  void ipc_ofAnother_sharesMemoryAndQueues() throws Exception {
    try (Container other = engine.run(sleeping().name("other").shm(Size.mib(3)));
        Container joined =
            engine.run(sleeping().namespaces(all -> all.ipc(NamespaceMode.container("other"))))) {
      assertEquals("", output(other, "echo shared > /dev/shm/file"));
      assertEquals("shared\n", output(joined, "cat /dev/shm/file"));
      assertTrue(output(joined, "df -k /dev/shm").contains(" 3072 "));
    }
  }

  @Test
  void uts_ofThisMachine_hasItsNameAndNoOther() throws Exception {
    String here = Files.readString(Path.of("/proc/sys/kernel/hostname"));
    UnaryOperator<Namespaces> host = all -> all.uts(NamespaceMode.HOST);

    assertEquals(
        here + here + here,
        Result.sh(
            engine,
            Specs.busybox().namespaces(host),
            "hostname; cat /etc/hostname; echo $HOSTNAME"));
    Failure.says(
        assertThrows(
            ContainerException.class,
            () -> engine.run(sleeping().namespaces(host).hostname("other"))),
        "uts namespace of its own");
  }

  @Test
  void init_isTheFirstProcessAndReaps() throws Exception {
    try (Container container =
        engine.run(
            Specs.busybox()
                .init()
                .command("sh", "-c", "for i in 1 2 3; do (sleep 0.1 &); done; exec sleep 600"))) {
      long end = System.nanoTime() + LIMIT.toNanos();
      // The shell, which becomes the program that sleeps, and those that end as orphans.
      while (!output(container, "cat /proc/2/comm").equals("sleep\n")) {
        assertTrue(System.nanoTime() < end, () -> "there: " + container.top());
        Thread.sleep(20);
      }
      assertEquals("jollyboat-init\n", output(container, "cat /proc/1/comm"));
      while (container.top().size() > 2) {
        assertTrue(System.nanoTime() < end, () -> "left: " + container.top());
        Thread.sleep(20);
      }
      ProcessSnapshot init = container.top().get(0);
      assertEquals(1, init.pidInside());
      assertTrue(init.memory().bytes() < 100_000, () -> "resident: " + init.memory());
    }
  }

  @Test
  void init_withoutIt_orphansStayZombies() throws Exception {
    try (Container container =
        engine.run(
            Specs.busybox()
                .command("sh", "-c", "for i in 1 2 3; do (sleep 0.1 &); done; exec sleep 600"))) {
      long end = System.nanoTime() + LIMIT.toNanos();
      while (!output(container, "ps -o stat,comm").contains("Z")) {
        assertTrue(System.nanoTime() < end, "no zombie");
        Thread.sleep(20);
      }
    }
  }

  @Test
  void init_signalsAndStatus_areTheProgrammes() throws Exception {
    try (Container container =
        engine.run(
            Specs.busybox()
                .init()
                .command("sh", "-c", "trap 'exit 7' TERM; echo up; while :; do sleep 0.1; done")
                .readyWhen(Wait.forLog("up")))) {
      assertEquals(7, container.stop(LIMIT).code());
    }
    assertEquals(
        143,
        Result.of(engine, Specs.busybox().init().command("sh", "-c", "kill -TERM $$"))
            .status()
            .code());
  }

  @Test
  void init_hasTheProgrammesRightsAndNoDescriptors() throws Exception {
    try (Container container =
        engine.run(Specs.busybox().init().user("5:6").command("sleep", "600"))) {
      int init = container.top().get(0).pid();
      int program = container.top().get(1).pid();

      for (String line : List.of("Uid", "Gid", "CapEff", "CapBnd", "NoNewPrivs", "Seccomp")) {
        assertEquals(status(program, line), status(init, line));
      }
      try (var files = Files.list(Path.of("/proc/" + init + "/fd"))) {
        assertEquals(0, files.count());
      }
    }
  }

  @Test
  void init_missingProgram_isNamedAndNothingIsLeft() {
    ContainerException e =
        assertThrows(
            ContainerException.class, () -> engine.run(Specs.busybox().init().command("nosuch")));

    Failure.says(e, "nosuch");
  }

  private static String status(int pid, String key) throws Exception {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith(key + ":"))
        .findFirst()
        .orElseThrow();
  }

  private static void awaitProcesses(Container container, int count) throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (container.top().size() != count) {
      assertTrue(System.nanoTime() < end, () -> "there are " + container.top());
      Thread.sleep(20);
    }
  }

  /** Processes of this machine that sleep so many seconds, in this range. */
  private static long sleepers(int first, int last) {
    return ProcessHandle.allProcesses()
        .map(process -> process.info().arguments().orElse(new String[0]))
        .filter(words -> words.length == 1 && words[0].matches("\\d{3}"))
        .mapToInt(words -> Integer.parseInt(words[0]))
        .filter(seconds -> seconds >= first && seconds <= last)
        .count();
  }

  private String namespaceOf(String kind, NamespaceMode mode) throws Exception {
    UnaryOperator<Namespaces> choice =
        all ->
            switch (kind) {
              case "pid" -> all.pid(mode);
              case "ipc" -> all.ipc(mode);
              case "uts" -> all.uts(mode);
              default -> all.cgroup(mode);
            };
    try (Container container = engine.run(sleeping().namespaces(choice))) {
      return namespace(container, kind);
    }
  }

  private static String namespace(Container container, String kind) throws Exception {
    ProcessSnapshot first = container.top().get(0);
    return Files.readSymbolicLink(Path.of("/proc/" + first.pid() + "/ns/" + kind)).toString();
  }

  private static String output(Container container, String script) throws Exception {
    ContainerProcess process = container.exec(ExecSpec.of("sh", "-c", script));
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }

  private static ContainerSpec pidOf(String other) {
    return sleeping().namespaces(all -> all.pid(NamespaceMode.container(other)));
  }

  private static ContainerSpec sleeping() {
    return Specs.busybox().command("sleep", "600");
  }
}
