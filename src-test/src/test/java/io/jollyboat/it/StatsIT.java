package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ConflictException;
import io.jollyboat.Container;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.ExitStatus;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.NetworkMode;
import io.jollyboat.Size;
import io.jollyboat.Stats;
import io.jollyboat.test.EveryKernel;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a container is told to use, as the kernel counts it. */
@EveryKernel
@Tag(EveryKernel.DELEGATED)
@IntegrationTest
class StatsIT {
  private static TestStore store;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  private static ContainerSpec sh(String script) {
    return Specs.busybox().command("sh", "-c", script);
  }

  @Test
  void stats_ofAnIdleOne_knowItsLimitsAndProcesses() {
    try (Engine engine = store.open();
        Container container =
            engine.run(sh("sleep 3600 & sleep 3600").memory(Size.mib(64)).pids(12))) {
      while (container.stats().pids().current() < 2) {
        Thread.onSpinWait();
      }
      Stats stats = container.stats();
      assertEquals(OptionalLong.of(12), stats.pids().limit());
      assertEquals(Size.mib(64), stats.memory().limit());
      assertTrue(stats.memory().used().bytes() > 0, stats::toString);
      assertTrue(stats.memory().peak().compareTo(stats.memory().charged()) >= 0 || Resource.V2);
      assertEquals(0, stats.memory().outOfMemoryKills());
      assertEquals(List.of(), List.copyOf(stats.networks().keySet()));
      assertEquals(Resource.V2, stats.pressure().isPresent());
    }
  }

  @Test
  void stats_ofABusyOne_countItsProcessorTime() throws InterruptedException {
    try (Engine engine = store.open();
        Container container = engine.run(sh("while :; do :; done"))) {
      Stats first = container.stats();
      Thread.sleep(1000);
      Stats second = container.stats();
      assertTrue(second.cpu().total().compareTo(first.cpu().total()) > 0);
      double busy = second.processors(first);
      assertTrue(busy > 0.05 && busy < 1.2, "one loop keeps one processor busy: " + busy);
    }
  }

  @Test
  void stats_ofAWriter_countItsIo() {
    String script = "dd if=/dev/zero of=/f bs=1M count=3 oflag=direct 2>/dev/null; sleep 3600";
    try (Engine engine = store.open();
        Container container = engine.run(sh(script))) {
      long written = 0;
      while (written < 3 << 20) {
        written =
            container.stats().io().stream().mapToLong(io -> io.written().bytes()).max().orElse(0);
      }
      assertTrue(container.stats().io().stream().anyMatch(io -> io.writes() > 0));
    }
  }

  @Test
  void stats_ofAMemoryHolder_countItsMemory() {
    String script = "x=$(yes x | head -c 16m); sleep 3600";
    try (Engine engine = store.open();
        Container container = engine.run(sh(script))) {
      while (container.stats().memory().used().compareTo(Size.mib(16)) < 0) {
        Thread.onSpinWait();
      }
    }
  }

  private static long sent(Container container, String link) {
    return container.stats().networks().entrySet().stream()
        .filter(network -> network.getKey().equals(link))
        .mapToLong(network -> network.getValue().sent().bytes())
        .sum();
  }

  @Test
  void stats_onABridge_countItsLink() {
    ContainerSpec spec =
        sh("ping -q -s 1400 -i 0.01 $(ip route | awk '/default/{print $3}')")
            .network(NetworkMode.BRIDGE);
    try (Engine engine = store.open();
        Container container = engine.run(spec)) {
      while (sent(container, "eth0") < 100_000) {
        Thread.onSpinWait();
      }
      assertEquals(1, container.stats().networks().size());
    }
  }

  @Test
  void stats_onTheHostsNetwork_haveNoLinksOfOthers() {
    try (Engine engine = store.open();
        Container container = engine.run(sh("sleep 3600").network(NetworkMode.HOST))) {
      assertTrue(container.stats().networks().isEmpty());
    }
  }

  @Test
  void stats_ofAnEndedOne_isAConflict() {
    try (Engine engine = store.open();
        Container container = engine.run(sh("true"))) {
      ExitStatus unused = container.awaitExit();
      assertThrows(ConflictException.class, container::stats);
    }
  }

  @Test
  void stream_goesOnUntilTheEnd() {
    try (Engine engine = store.open();
        Container container = engine.run(sh("sleep 1"));
        Stream<Stats> samples = container.stats(Duration.ofMillis(50))) {
      List<Stats> all = new ArrayList<>(samples.toList());
      assertTrue(all.size() >= 3, () -> all.size() + " samples in a second");
      for (int i = 1; i < all.size(); i++) {
        assertTrue(all.get(i).time().isAfter(all.get(i - 1).time()));
      }
    }
  }

  @Test
  void stream_interrupted_endsWithTheFlagSet() throws Exception {
    try (Engine engine = store.open();
        Container container = engine.run(sh("sleep 3600"))) {
      CompletableFuture<Boolean> flag = new CompletableFuture<>();
      Thread reader =
          new Thread(
              () -> {
                Iterator<Stats> samples = container.stats(Duration.ofHours(1)).iterator();
                samples.next();
                try {
                  boolean unused = samples.hasNext();
                  flag.complete(false);
                } catch (InterruptedOperationException e) {
                  flag.complete(Thread.currentThread().isInterrupted());
                }
              });
      reader.start();
      Thread.sleep(100);
      reader.interrupt();
      assertTrue(flag.get());
      reader.join();
    }
  }
}
