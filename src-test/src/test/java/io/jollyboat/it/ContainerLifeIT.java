package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ConflictException;
import io.jollyboat.Container;
import io.jollyboat.ContainerException;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.ExitStatus;
import io.jollyboat.Image;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.JollyboatException;
import io.jollyboat.Mount;
import io.jollyboat.NetworkMode;
import io.jollyboat.Wait;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Ends of containers and engines at awkward moments: each is clear, and nothing is left. */
@IntegrationTest
class ContainerLifeIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final ContainerSpec SLEEPER = Specs.busybox().command("sleep", "600");

  private static TestStore store;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  @Test
  void container_afterClose_saysThatItIsClosed() throws IOException {
    try (Engine engine = store.open()) {
      Container container = engine.run(sh("echo out; echo err >&2"));
      ExitStatus status = container.awaitExit(LIMIT);
      InputStream seen = container.stdout();
      assertEquals("out\n", new String(seen.readAllBytes(), StandardCharsets.UTF_8));
      container.close();
      container.close();
      assertThrows(ConflictException.class, container::logs);
      assertThrows(ConflictException.class, container::stdout);
      assertThrows(ConflictException.class, container::stderr);
      assertThrows(ConflictException.class, container::start);
      assertThrows(ConflictException.class, () -> container.exec("true"));
      assertThrows(ConflictException.class, () -> container.kill("TERM"));
      assertThrows(ConflictException.class, () -> container.await(Wait.forLog("x")));
      assertEquals(-1, seen.read(), "what was read to its end stays at its end");
      assertEquals(status, container.awaitExit());
      assertEquals(status, container.stop());
      assertFalse(container.running());
    }
  }

  @Test
  void output_notReadWhenTheContainerIsClosed_isAnErrorAndNotAnEnd() throws IOException {
    try (Engine engine = store.open()) {
      InputStream unread;
      try (Container container = engine.run(sh("echo out"))) {
        container.awaitExit(LIMIT);
        unread = container.stdout();
      }
      assertThrows(IOException.class, unread::readAllBytes);
    }
  }

  @Test
  void reader_waitingForOutput_seesTheEndWhenTheContainerIsClosed()
      throws InterruptedException, ExecutionException, TimeoutException {
    try (Engine engine = store.open()) {
      CompletableFuture<String> read;
      try (Container container = engine.run(sh("echo out; sleep 600"))) {
        container.await(Wait.forLog("out"));
        InputStream stdout = container.stdout();
        read = CompletableFuture.supplyAsync(() -> text(stdout));
        Thread.sleep(200);
      }
      assertEquals("out\n", read.get(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void stop_twiceAndOfAnEndedOne_givesTheSameStatus() {
    try (Engine engine = store.open();
        Container container = engine.run(SLEEPER)) {
      ExitStatus first = container.stop(Duration.ofMillis(100));
      assertEquals(first, container.stop());
      assertEquals(first, container.stop(Duration.ZERO));
      assertEquals(first, container.awaitExit(Duration.ofSeconds(Long.MAX_VALUE)));
      assertThrows(ConflictException.class, () -> container.kill("KILL"));
    }
  }

  @Test
  void kill_ofAStoppedProcess_endsIt() {
    try (Engine engine = store.open();
        Container container = engine.run(sh("kill -STOP 2; sleep 600 & kill -STOP $!; wait"))) {
      container.kill("STOP");
      container.kill("KILL");
      assertEquals(137, container.awaitExit(LIMIT).code());
    }
  }

  @Test
  void close_fromSeveralThreads_returnsWhenNothingIsLeft()
      throws InterruptedException, ExecutionException {
    try (Engine engine = store.open()) {
      Container container = engine.run(SLEEPER);
      List<CompletableFuture<Boolean>> closes = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        closes.add(
            CompletableFuture.supplyAsync(
                () -> {
                  container.close();
                  return engine.containers().find(container.id().hex()).isEmpty();
                }));
      }
      for (CompletableFuture<Boolean> close : closes) {
        assertTrue(close.get());
      }
    }
  }

  @Test
  void close_whileAnotherThreadStarts_leavesNothing()
      throws InterruptedException, ExecutionException {
    try (Engine engine = store.open()) {
      for (int i = 0; i < 10; i++) {
        Container container = engine.containers().create(SLEEPER);
        CompletableFuture<Void> start = CompletableFuture.runAsync(container::start);
        Thread.sleep(i);
        container.close();
        start
            .handle(
                (none, failure) ->
                    failure == null || failure.getCause() instanceof ConflictException)
            .thenAccept(clear -> assertTrue(clear))
            .get();
        assertFalse(container.running());
      }
      assertEquals(List.of(), engine.containers().list());
    }
  }

  @Test
  void close_duringWaits_endsThemClearly() throws InterruptedException {
    for (Wait wait : List.of(Wait.forLog("never"), Wait.forPort(1), Wait.forHttp(1, "/"))) {
      try (Engine engine = store.open()) {
        Container container = engine.run(SLEEPER);
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> container.await(wait));
        CompletableFuture<ExitStatus> exit = CompletableFuture.supplyAsync(container::awaitExit);
        CompletableFuture<Object> exec =
            CompletableFuture.supplyAsync(() -> container.exec("sleep", "600"));
        Thread.sleep(150);
        container.close();
        assertInstanceOf(ContainerException.class, failure(waiting), wait.toString());
        assertEquals(137, exit.join().code());
        exec.handle((result, failure) -> true).join();
      }
    }
  }

  @Test
  void closeOfTheEngine_duringRun_endsItAndLeavesNothing() throws InterruptedException {
    Engine engine = store.open();
    CompletableFuture<Container> run =
        CompletableFuture.supplyAsync(
            () -> engine.run(SLEEPER.name("waits").readyWhen(Wait.forLog("never"))));
    Thread.sleep(500);
    engine.close();
    assertInstanceOf(ConflictException.class, failure(run));
    assertThrows(ConflictException.class, engine::images);
    assertThrows(ConflictException.class, engine::containers);
    assertThrows(ConflictException.class, () -> engine.run(SLEEPER));
    assertThrows(ConflictException.class, () -> engine.build(Image.scratch()));
    assertThrows(ConflictException.class, () -> engine.pull("x"));
    assertThrows(ConflictException.class, () -> engine.push("x"));
    engine.close();
    try (Engine next = store.open()) {
      assertEquals(List.of(), next.containers().list());
    }
  }

  @Test
  void closeOfTheEngine_duringABuild_endsItAndLeavesNothing() throws InterruptedException {
    Engine engine = store.open();
    CompletableFuture<Object> build =
        CompletableFuture.supplyAsync(
            () -> engine.build(Image.from(TestImages.BUSYBOX).run("sleep 600")));
    Thread.sleep(700);
    engine.close();
    assertInstanceOf(ConflictException.class, failure(build));
  }

  @Test
  void interrupt_duringARun_endsItWithTheFlagSetAndLeavesNothing() throws InterruptedException {
    try (Engine engine = store.open()) {
      for (int pause : new int[] {0, 2, 5, 10, 20, 40}) {
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread thread =
            new Thread(
                () -> {
                  try {
                    engine
                        .run(SLEEPER.network(NetworkMode.BRIDGE).readyWhen(Wait.forLog("never")))
                        .close();
                  } catch (RuntimeException e) {
                    flag.complete(Thread.currentThread().isInterrupted());
                    failure.complete(e);
                  }
                });
        thread.start();
        Thread.sleep(pause);
        thread.interrupt();
        thread.join();
        assertInstanceOf(InterruptedOperationException.class, failure.join());
        assertTrue(flag.join());
        assertEquals(List.of(), engine.containers().list());
      }
    }
  }

  @Test
  void timeLimit_ofAnEndedContainer_isForgotten() {
    try (Engine engine = store.open();
        Container container = engine.run(sh("exit 3").timeLimit(Duration.ofDays(300)))) {
      ExitStatus status = container.awaitExit(LIMIT);
      assertEquals(3, status.code());
      assertFalse(status.timeLimit());
    }
  }

  @Test
  void badSpecification_whenRun_isTypedAndLeavesNothing() {
    try (Engine engine = store.open()) {
      for (ContainerSpec bad :
          List.of(
              SLEEPER.user("nobody-knows-me"),
              SLEEPER.user("root:no-such-group"),
              SLEEPER.workdir("relative"),
              SLEEPER.mount(Mount.readOnly(Path.of("/no/such/file"), "/data")),
              SLEEPER.mount(Mount.readOnly(Path.of("/etc"), "/proc/sys")),
              SLEEPER.command("/etc/passwd"),
              SLEEPER.command("/bin/no-such"))) {
        JollyboatException error =
            assertThrows(JollyboatException.class, () -> engine.run(bad.name("bad")).close());
        assertInstanceOf(ContainerException.class, error, error.toString());
        assertEquals(List.of(), engine.containers().list());
      }
    }
  }

  @Test
  void twoEngines_ofOneJvmOnOneRoot_seeEachOthersContainers() {
    try (Engine one = store.open();
        Engine two = store.open();
        Container container = one.run(SLEEPER.name("shared"))) {
      Container seen = two.containers().find("shared").orElseThrow();
      assertEquals(container.id(), seen.id());
      assertThrows(ConflictException.class, seen::stop);
      assertThrows(ConflictException.class, () -> two.run(SLEEPER.name("shared")));
      String image = two.images().find(TestImages.BUSYBOX).orElseThrow().id().toString();
      assertThrows(ConflictException.class, () -> two.images().remove(image));
      assertTrue(container.running());
    }
  }

  private static ContainerSpec sh(String script) {
    return Specs.busybox().command("sh", "-c", script);
  }

  private static String text(InputStream stream) {
    try {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static Throwable failure(CompletableFuture<?> future) {
    return future
        .handle(
            (result, failure) -> failure == null ? new AssertionError(result) : failure.getCause())
        .join();
  }
}
