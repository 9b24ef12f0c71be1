package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ConflictException;
import io.jollyboat.Container;
import io.jollyboat.ContainerId;
import io.jollyboat.ContainerSpec;
import io.jollyboat.ContainerState.Status;
import io.jollyboat.Engine;
import io.jollyboat.ExitStatus;
import io.jollyboat.NetworkMode;
import io.jollyboat.RestartPolicy;
import io.jollyboat.Size;
import io.jollyboat.Wait;
import io.jollyboat.test.EngineJvm;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Detached containers: they outlive engines, and the next one has them whole. */
@IntegrationTest
class DetachedIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final TestStore store = TestStore.empty();

  @BeforeEach
  void pull(RegistryProcess registry) {
    try (Engine engine = store.open()) {
      TestStore.take(engine, registry, TestImages.BUSYBOX);
    }
  }

  @AfterEach
  void delete() {
    try (Engine engine = store.open()) {
      for (Container container : engine.containers().list()) {
        if (container.state().status() != Status.CREATED) {
          ExitStatus unused = container.stop(Duration.ZERO);
        }
        container.remove();
      }
    }
    store.close();
  }

  @Test
  void engine_closed_theNextOneHasTheContainerWhole() {
    ContainerSpec spec =
        sh("echo begun; until [ -e /go ]; do sleep 0.02; done; echo gone; exit 7")
            .name("whole")
            .env("WORD", "kept word")
            .label("of", "the test");
    ContainerId id;
    OptionalInt pid;
    try (Engine engine = store.open();
        Container container = engine.run(spec.readyWhen(Wait.forLog("begun")))) {
      id = container.id();
      pid = container.state().pid();
    }
    try (Engine engine = store.open()) {
      Container container = engine.containers().find("whole").orElseThrow();
      assertEquals(id, container.id());
      assertTrue(container.running());
      assertEquals(pid, container.state().pid());
      assertEquals(spec.readyWhen(Wait.forLog("begun")), container.spec());
      assertEquals("begun\n", container.logs());
      assertEquals("kept word\n", container.exec("sh", "-c", "echo $WORD").out());
      assertThrows(ConflictException.class, container::remove);
      assertThrows(ConflictException.class, container::start);
      assertEquals(0, container.exec("touch", "/go").code());
      ExitStatus status = container.awaitExit(LIMIT);
      assertEquals(7, status.code());
      assertFalse(status.ran().isZero());
      assertEquals("begun\ngone\n", container.logs());
      container.remove();
      assertEquals(Optional.empty(), engine.containers().find("whole"));
    }
  }

  @Test
  void jvm_killed_containerLivesOnAndKeepsItsLogAndStatus() throws InterruptedException {
    String script = "echo one; until [ -e /go ]; do sleep 0.02; done; seq 100000; exit 3";
    try (EngineJvm jvm = EngineJvm.detaching(store.root(), "sh", "-c", script)) {
      jvm.kill();
    }
    try (Engine engine = store.open()) {
      Container container = only(engine);
      assertTrue(container.running());
      assertEquals(0, container.exec("touch", "/go").code());
    } // it may end with nobody there
    try (Engine engine = store.open()) {
      Container container = only(engine);
      ExitStatus status = container.awaitExit(LIMIT);
      assertEquals(3, status.code());
      assertEquals(status, container.awaitExit(LIMIT));
      assertFalse(container.running());
      assertEquals(100_001, container.logs().lines().count());
    }
    try (Engine engine = store.open()) {
      Container container = only(engine);
      assertEquals(Status.EXITED, container.state().status());
      assertEquals(3, container.awaitExit(LIMIT).code());
      assertTrue(container.logs().endsWith("\n100000\n"));
      assertThrows(ConflictException.class, () -> container.exec("true"));
    }
  }

  @Test
  void container_endedBefore_isStartedAgainByTheNextEngine() {
    try (Engine engine = store.open();
        Container container = engine.run(sh("echo x >> /kept; cat /kept; exit 4"))) {
      assertEquals(4, container.awaitExit(LIMIT).code());
    }
    try (Engine engine = store.open()) {
      Container container = only(engine);
      container.start();
      assertEquals(4, container.awaitExit(LIMIT).code());
      assertEquals("x\nx\nx\n", container.logs());
    }
  }

  @Test
  void container_madeButNotStarted_isFoundSo() {
    try (Engine engine = store.open()) {
      engine.containers().create(sh("exit 5").name("later")).close();
    }
    try (Engine engine = store.open()) {
      Container container = only(engine);
      assertEquals(Status.CREATED, container.state().status());
      assertEquals("later", container.name());
      container.start();
      assertEquals(5, container.awaitExit(LIMIT).code());
    }
  }

  @Test
  void stop_byTheNextEngine_sendsTheSignalAndRemovesAll() throws IOException {
    String script = "trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.05; done";
    try (Engine engine = store.open()) {
      Container unused = engine.run(sh(script).readyWhen(Wait.forLog("ready")));
    }
    try (Engine engine = store.open()) {
      Container container = only(engine);
      assertEquals(0, container.stop().code());
      assertEquals(0, container.stop().code());
      assertEquals("ready\nbye\n", container.logs());
      assertThrows(ConflictException.class, () -> container.kill("TERM"));
      container.remove();
    }
    try (Stream<Path> left = Files.list(store.root().resolve("containers"))) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void ports_andBridge_serveWithoutAnEngineAndWithTheNext() throws IOException {
    ContainerSpec spec =
        ContainerSpec.of(TestImages.BUSYBOX)
            .detached()
            .publish(8080)
            .command("sh", "-c", "while :; do echo served | nc -l -p 8080; done")
            .readyWhen(Wait.forPort(8080));
    InetSocketAddress address;
    try (Engine engine = store.open()) {
      address = engine.run(spec).address(8080);
    }
    assertEquals("served\n", served(address));
    try (Engine engine = store.open()) {
      Container container = only(engine);
      assertEquals(address, container.address(8080));
      assertEquals("served\n", served(address));
      container.await(Wait.forPort(8080));
      String inside = container.exec("ip", "route").out();
      String gateway = inside.replaceAll("(?s).*default via (\\S+).*", "$1");
      assertEquals(0, container.exec("ping", "-c", "1", "-W", "5", gateway).code(), inside);
      try (Container second =
          engine.run(ContainerSpec.of(TestImages.BUSYBOX).detached().command("sleep", "600"))) {
        assertEquals(2, engine.containers().list().size());
        String other = own(second);
        assertEquals(0, container.exec("ping", "-c", "1", "-W", "5", other).code(), other);
      }
    }
    assertEquals("served\n", served(address));
  }

  @Test
  void restart_withAChosenPort_findsItFree() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (Engine engine = store.open();
        Container container = engine.run(sh("sleep 600").publish(port, 8080))) {
      for (int i = 0; i < 5; i++) {
        container.restart(Duration.ZERO);
        assertTrue(container.running());
      }
      container.kill("KILL");
      assertEquals(137, container.awaitExit(LIMIT).code());
    }
  }

  private static String own(Container container) {
    String text = container.exec("ip", "-4", "addr", "show", "eth0").out();
    return text.replaceAll("(?s).*inet ([0-9.]+)/.*", "$1");
  }

  @Test
  void limits_ofADetachedContainer_holdAndItsEndOfMemoryIsKept() {
    String script =
        "until [ -e /go ]; do sleep 0.02; done; head -c 200000000 /dev/zero | tail >/dev/null";
    try (Engine engine = store.open()) {
      Container unused = engine.run(sh(script).memory(Size.mib(16)));
    }
    try (Engine engine = store.open()) {
      Container container = only(engine);
      assertEquals(0, container.exec("touch", "/go").code());
      ExitStatus status = container.awaitExit(LIMIT);
      assertTrue(status.outOfMemory(), status.toString());
    }
    try (Engine engine = store.open()) {
      ExitStatus status = only(engine).awaitExit(LIMIT);
      assertTrue(status.outOfMemory(), status.toString());
    }
  }

  @Test
  void pauseAndLimits_ofADetachedContainer_lastAndAreFound() {
    try (Engine engine = store.open();
        Container container = engine.run(sh("sleep 600").memory(Size.mib(32)))) {
      container.update(resources -> resources.memory(Size.mib(48)));
      container.pause();
    }
    try (Engine engine = store.open()) {
      Container container = only(engine);
      assertEquals(Status.PAUSED, container.state().status());
      assertEquals(Optional.of(Size.mib(48)), container.spec().resources().memory());
      assertThrows(ConflictException.class, () -> container.exec("true"));
      container.unpause();
      assertEquals(0, container.exec("true").code());
      container.pause();
      container.kill("KILL");
      assertEquals(137, container.awaitExit(LIMIT).code());
    }
  }

  @Test
  void monitor_killed_nothingRunsOnAndTheStatusSaysSo() throws Exception {
    ContainerSpec spec = sh("sleep 600 & sleep 600").name("orphan");
    long monitor;
    long init;
    try (Engine engine = store.open();
        Container container = engine.run(spec)) {
      init = container.state().pid().orElseThrow();
      monitor = ProcessHandle.of(init).flatMap(ProcessHandle::parent).orElseThrow().pid();
    }
    assertTrue(ProcessHandle.of(monitor).orElseThrow().destroyForcibly());
    ProcessHandle.of(init).ifPresent(handle -> handle.onExit().join());
    try (Engine engine = store.open()) {
      ExitStatus status = only(engine).awaitExit(LIMIT);
      assertEquals(137, status.code());
      assertEquals(OptionalInt.of(9), status.signal());
    }
  }

  @Test
  void relay_killed_containerIsWholeAndThePortIsFree() throws Exception {
    ContainerSpec spec =
        ContainerSpec.of(TestImages.BUSYBOX)
            .detached()
            .publish(8080)
            .network(NetworkMode.NONE)
            .command("sleep", "600");
    try (Engine engine = store.open();
        Container container = engine.run(spec)) {
      InetSocketAddress address = container.address(8080);
      List<ProcessHandle> relays =
          ProcessHandle.allProcesses()
              .filter(p -> p.info().commandLine().orElse("").contains("relay-detached"))
              .filter(p -> p.info().commandLine().orElse("").endsWith(" 8080"))
              .toList();
      assertFalse(relays.isEmpty());
      relays.forEach(ProcessHandle::destroyForcibly);
      relays.forEach(relay -> relay.onExit().join());
      assertThrows(IOException.class, () -> said(address));
      assertTrue(container.running());
      container.kill("KILL");
      assertEquals(137, container.awaitExit(LIMIT).code());
    }
  }

  @Test
  void policy_ofAContainerThatEndedMeanwhile_isResumed() throws InterruptedException {
    String script = "echo run; until [ -e /go ]; do sleep 0.02; done; rm /go; exit 1";
    try (Engine engine = store.open();
        Container container = engine.run(sh(script).restart(RestartPolicy.unlessStopped()))) {
      // Nobody is there any more when it ends.
      assertEquals(0, container.exec("sh", "-c", "(sleep 1; touch /go) &").code());
    }
    Thread.sleep(2000);
    try (Engine engine = store.open()) {
      Container container = only(engine);
      long end = System.nanoTime() + LIMIT.toNanos();
      while (!container.logs().equals("run\nrun\n") && System.nanoTime() < end) {
        Thread.sleep(20);
      }
      assertTrue(container.running());
      assertEquals("run\nrun\n", container.logs());
      assertEquals(137, container.stop(Duration.ZERO).code());
    }
    try (Engine engine = store.open()) {
      assertEquals(Status.EXITED, only(engine).state().status());
    }
  }

  @Test
  void twoEngines_atOnce_haveTheSameContainer() {
    try (Engine one = store.open();
        Engine two = store.open();
        Container mine = one.run(sh("sleep 600").name("shared"));
        Container theirs = two.containers().find("shared").orElseThrow()) {
      assertTrue(theirs.running());
      assertEquals(mine.state().pid(), theirs.state().pid());
      assertThrows(ConflictException.class, theirs::start);
      theirs.kill("KILL");
      assertEquals(137, mine.awaitExit(LIMIT).code());
      assertEquals(137, theirs.awaitExit(LIMIT).code());
      mine.start();
      assertTrue(two.containers().find("shared").orElseThrow().running());
      assertThrows(ConflictException.class, () -> two.run(sh("true").name("shared")));
    }
  }

  private static Container only(Engine engine) {
    List<Container> all = engine.containers().list();
    assertEquals(1, all.size(), all.toString());
    return all.get(0);
  }

  /** Nobody listens between two runs of nc, and who connects then is reset. */
  private static String served(InetSocketAddress address) throws IOException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      try {
        String said = said(address);
        if (!said.isEmpty() || System.nanoTime() > end) {
          return said;
        }
      } catch (SocketException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
      }
    }
  }

  private static String said(InetSocketAddress address) throws IOException {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      socket.setSoTimeout(30_000);
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static ContainerSpec sh(String script) {
    return Specs.busybox().detached().command("sh", "-c", script);
  }
}
