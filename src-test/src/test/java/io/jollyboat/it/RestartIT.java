package io.jollyboat.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ConflictException;
import io.jollyboat.Container;
import io.jollyboat.ContainerFilter;
import io.jollyboat.ContainerSpec;
import io.jollyboat.ContainerState.Status;
import io.jollyboat.Engine;
import io.jollyboat.Event;
import io.jollyboat.ExitStatus;
import io.jollyboat.Health;
import io.jollyboat.RestartPolicy;
import io.jollyboat.Wait;
import io.jollyboat.dockerfile.Healthcheck;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A container's life from its making to its removal, over several starts. */
@IntegrationTest
class RestartIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static TestStore store;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  private static ContainerSpec shell(String script) {
    return Specs.busybox().command("sh", "-c", script);
  }

  @Test
  void start_afterExit_goesOnWithItsFiles() {
    try (Engine engine = store.open();
        Container container = engine.run(shell("echo run >> /count; wc -l < /count"))) {
      assertEquals(0, container.awaitExit(LIMIT).code());
      container.start();
      assertEquals(0, container.awaitExit(LIMIT).code());
      assertEquals("1\n2\n", container.logs());
      assertEquals(Status.EXITED, container.state().status());
    }
  }

  @Test
  void start_whileItRuns_isRefused() {
    try (Engine engine = store.open();
        Container container = engine.run(shell("sleep 600"))) {
      assertThrows(ConflictException.class, container::start);
      assertEquals(Status.RUNNING, container.state().status());
      assertTrue(container.state().pid().isPresent());
    }
  }

  @Test
  void restart_running_stopsAndStarts() throws IOException {
    try (Engine engine = store.open();
        Container container =
            engine.run(shell("echo here; exec sleep 600").readyWhen(Wait.forLog("here")))) {
      OptionalInt first = container.state().pid();
      container.restart(Duration.ZERO);
      assertTrue(container.running());
      assertFalse(first.equals(container.state().pid()));
      assertEquals("here\n", new String(container.stdout().readNBytes(5), UTF_8));
      assertEquals("here\nhere\n", container.logs());
    }
  }

  @Test
  void onFailure_threeTimes_endsWithTheLastExit() {
    try (Engine engine = store.open();
        Container container =
            engine.run(
                shell("echo x >> /n; exit $(wc -l < /n)").restart(RestartPolicy.onFailure(3)))) {
      assertEquals(4, container.awaitExit(LIMIT).code());
      assertEquals(3, container.state().restarts());
    }
  }

  @Test
  void onFailure_success_isNotStartedAgain() {
    try (Engine engine = store.open();
        Container container =
            engine.run(
                shell("echo x >> /n; test $(wc -l < /n) = 2").restart(RestartPolicy.onFailure()))) {
      assertEquals(0, container.awaitExit(LIMIT).code());
      assertEquals(1, container.state().restarts());
    }
  }

  @Test
  void always_stop_endsIt() throws InterruptedException {
    BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    try (Engine engine = store.open();
        Engine.Subscription listening = engine.events(events::add);
        Container container = engine.run(shell("exit 0").restart(RestartPolicy.always()))) {
      await(events, Event.Kind.RESTART);
      await(events, Event.Kind.RESTART);
      ExitStatus exit = container.stop();
      assertEquals(exit, container.awaitExit(LIMIT));
      assertEquals(Status.EXITED, container.state().status());
      events.clear();
      assertTrue(pollFor(events, Event.Kind.START, Duration.ofSeconds(1)).isEmpty());
    }
  }

  @Test
  void always_killedFromWithin_comesBack() throws InterruptedException {
    BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    try (Engine engine = store.open();
        Engine.Subscription listening = engine.events(events::add);
        Container container =
            engine.run(shell("exec sleep 600").restart(RestartPolicy.unlessStopped()))) {
      ProcessHandle.of(container.state().pid().getAsInt()).orElseThrow().destroyForcibly();
      await(events, Event.Kind.RESTART);
      assertTrue(container.running());
      container.kill("KILL");
      assertEquals(137, container.awaitExit(LIMIT).code());
    }
  }

  @Test
  void health_check_decides() throws InterruptedException {
    BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    Healthcheck check =
        Healthcheck.shell("echo looked; test -e /well").interval(Duration.ofMillis(50)).retries(2);
    try (Engine engine = store.open();
        Engine.Subscription listening = engine.events(events::add);
        Container container = engine.run(shell("exec sleep 600").health(check))) {
      assertEquals(Map.of("health", "UNHEALTHY"), await(events, Event.Kind.HEALTH).facts());
      Health sick = container.state().health().orElseThrow();
      assertEquals(Health.Status.UNHEALTHY, sick.status());
      assertEquals("looked\n", sick.results().get(0).output());
      assertEquals(1, sick.results().get(0).code());
      assertEquals(0, container.exec("touch", "/well").code());
      container.await(Wait.forHealthy());
      assertEquals(Map.of("health", "HEALTHY"), await(events, Event.Kind.HEALTH).facts());
      assertEquals(0, container.state().health().orElseThrow().failures());
    }
  }

  @Test
  void health_checkThatHangs_isEndedAndCounts() throws InterruptedException {
    BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    Healthcheck check =
        Healthcheck.exec("sleep", "600")
            .interval(Duration.ofMillis(50))
            .timeout(Duration.ofMillis(200))
            .retries(1);
    try (Engine engine = store.open();
        Engine.Subscription listening = engine.events(events::add);
        Container container = engine.run(shell("exec sleep 601").health(check))) {
      await(events, Event.Kind.HEALTH);
      Health.Result result = container.state().health().orElseThrow().results().get(0);
      assertEquals(-1, result.code());
      assertTrue(result.output().contains("longer than 200 ms"), result.output());
    }
  }

  @Test
  void health_startPeriod_failuresDoNotCount() throws InterruptedException {
    BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    Healthcheck check =
        Healthcheck.exec("false")
            .interval(Duration.ofMillis(20))
            .startInterval(Duration.ofMillis(20))
            .startPeriod(Duration.ofMinutes(10))
            .retries(1);
    try (Engine engine = store.open();
        Engine.Subscription listening = engine.events(events::add);
        Container container = engine.run(shell("exec sleep 600").health(check))) {
      while (container.state().health().orElseThrow().results().size() < 5) {
        Thread.sleep(10);
      }
      assertEquals(Health.Status.STARTING, container.state().health().orElseThrow().status());
      assertEquals(0, container.state().health().orElseThrow().failures());
    }
  }

  @Test
  void await_healthyWithoutCheck_isRefused() {
    try (Engine engine = store.open();
        Container container = engine.run(shell("exec sleep 600"))) {
      assertThrows(ConflictException.class, () -> container.await(Wait.forHealthy()));
    }
  }

  @Test
  void rename_running_isFoundByTheNewNameOnly() {
    try (Engine engine = store.open();
        Container container = engine.run(shell("exec sleep 600").name("before"));
        Container other = engine.run(shell("exec sleep 600").name("other"))) {
      container.rename("after");
      assertEquals("after", container.name());
      assertEquals(
          container.id(), engine.containers().find("after").map(Container::id).orElseThrow());
      assertTrue(engine.containers().find("before").isEmpty());
      assertThrows(ConflictException.class, () -> container.rename("other"));
      assertThrows(IllegalArgumentException.class, () -> container.rename("no good"));
      assertEquals("after", container.name());
      other.rename("before");
      assertEquals("before", other.name());
    }
  }

  @Test
  void remove_running_isRefused() {
    try (Engine engine = store.open()) {
      Container container = engine.run(shell("exec sleep 600"));
      assertThrows(ConflictException.class, container::remove);
      container.kill("KILL");
      container.awaitExit(LIMIT);
      container.remove();
      assertTrue(engine.containers().list().isEmpty());
    }
  }

  @Test
  void list_filters_areAllHeld() {
    try (Engine engine = store.open();
        Container web = engine.run(shell("exec sleep 600").name("web").label("tier", "front"));
        Container job = engine.run(shell("exit 3").name("job").label("tier", "back"));
        Container made = engine.containers().create(shell("true").name("made"))) {
      job.awaitExit(LIMIT);
      assertEquals(List.of("web"), names(engine, ContainerFilter.all().status(Status.RUNNING)));
      assertEquals(List.of("job"), names(engine, ContainerFilter.all().exited(3)));
      assertEquals(List.of("made"), names(engine, ContainerFilter.all().status(Status.CREATED)));
      assertEquals(List.of("web"), names(engine, ContainerFilter.all().label("tier", "front")));
      assertEquals(List.of("job", "web"), names(engine, ContainerFilter.all().label("tier")));
      assertEquals(List.of(), names(engine, ContainerFilter.all().label("tier").name("made")));
      assertEquals(3, names(engine, ContainerFilter.all().image(web.image())).size());
    }
  }

  @Test
  void prune_removesWhatDoesNotRun() {
    try (Engine engine = store.open();
        Container web = engine.run(shell("exec sleep 600"))) {
      Container ended = engine.run(shell("true"));
      ended.awaitExit(LIMIT);
      assertEquals(List.of(ended.id()), engine.containers().prune());
      assertEquals(
          List.of(web.id()), engine.containers().list().stream().map(Container::id).toList());
    }
  }

  @Test
  void events_wholeLife_comeInOrder() throws InterruptedException {
    BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    try (Engine engine = store.open()) {
      try (Engine.Subscription listening = engine.events(events::add)) {
        try (Container container = engine.run(shell("exec sleep 600").name("told"))) {
          container.stop(Duration.ZERO);
        }
        assertEquals("told", await(events, Event.Kind.CREATE).name());
        await(events, Event.Kind.START);
        assertEquals(Map.of("exitCode", "137"), await(events, Event.Kind.DIE).facts());
        await(events, Event.Kind.DESTROY);
      }
      engine.run(shell("true")).close();
      assertTrue(pollFor(events, Event.Kind.CREATE, Duration.ofMillis(200)).isEmpty());
    }
  }

  @Test
  void events_listenerThatThrows_isAlone() throws InterruptedException {
    BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    try (Engine engine = store.open();
        Engine.Subscription bad =
            engine.events(
                event -> {
                  throw new IllegalStateException("no");
                });
        Engine.Subscription good = engine.events(events::add)) {
      engine.run(shell("true")).close();
      await(events, Event.Kind.DESTROY);
    }
  }

  private static List<String> names(Engine engine, ContainerFilter filter) {
    return engine.containers().list(filter).stream().map(Container::name).sorted().toList();
  }

  private static Event await(BlockingQueue<Event> events, Event.Kind kind)
      throws InterruptedException {
    return pollFor(events, kind, LIMIT).orElseThrow(() -> new AssertionError("no event " + kind));
  }

  private static Optional<Event> pollFor(
      BlockingQueue<Event> events, Event.Kind kind, Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() < end) {
      Event event = events.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (event != null && event.kind() == kind) {
        return Optional.of(event);
      }
    }
    return Optional.empty();
  }
}
