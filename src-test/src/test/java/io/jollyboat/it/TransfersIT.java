package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Engine;
import io.jollyboat.FileSet;
import io.jollyboat.Image;
import io.jollyboat.ImageId;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.registry.server.Fault;
import io.jollyboat.registry.server.RegistryServer;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestStore;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Pulls and pushes that are broken, limited and ended on their way. */
@IntegrationTest
class TransfersIT {
  private static final int MEGABYTE = 1 << 20;

  private final TestStore store = TestStore.empty();
  private final TestStore other = TestStore.empty();
  private final RegistryServer server = RegistryServer.start();

  @AfterEach
  void close() {
    server.close();
    store.close();
    other.close();
  }

  /** An image of so many layers, of a file each that does not compress. */
  private static ImageId build(Engine engine, int layers, int size) {
    Image image = Image.scratch();
    for (int i = 0; i < layers; i++) {
      byte[] content = new byte[size];
      new Random(i).nextBytes(content);
      image = image.files(FileSet.empty().bytes(content, "/file" + i));
    }
    return engine.build(image).id();
  }

  @Test
  void push_overAConnectionThatBreaks_arrivesAtARealRegistry(RegistryProcess registry) {
    try (BreakingRelay relay = new BreakingRelay(registry.port(), 2, MEGABYTE);
        Engine engine = store.open();
        Engine puller = other.open()) {
      ImageId id = build(engine, 2, 4 * MEGABYTE);
      engine.images().tag(id, relay.host() + "/broken/push:1");
      engine.push(relay.host() + "/broken/push:1");
      assertEquals(2, relay.broken());
      assertEquals(id, puller.pull(registry.reference("broken/push:1")).id());
    }
  }

  @Test
  void pull_overAConnectionThatBreaks_asksARealRegistryForTheRest(RegistryProcess registry) {
    try (BreakingRelay relay = new BreakingRelay(registry.port(), 3, MEGABYTE);
        Engine engine = store.open();
        Engine puller = other.open()) {
      ImageId id = build(engine, 1, 4 * MEGABYTE);
      engine.images().tag(id, registry.reference("broken/pull:1"));
      engine.push(registry.reference("broken/pull:1"));
      assertEquals(id, puller.pull(relay.host() + "/broken/pull:1").id());
      assertEquals(3, relay.broken());
    }
  }

  @Test
  void pull_limitedAndInterrupted_asksForNoMoreAndLeavesNothing() throws InterruptedException {
    String name = server.address() + "/many/layers:1";
    try (Engine engine = store.open();
        Engine puller = other.open()) {
      ImageId id = build(engine, 6, 10_000);
      engine.images().tag(id, name);
      engine.push(name);
      server.forgetRequests();
      server.fail("GET .*/blobs/.*", 1, Fault.slow(Long.MAX_VALUE - 1)); // the configuration
      server.fail("GET .*/blobs/.*", 4, Fault.stall());
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      AtomicBoolean flag = new AtomicBoolean();
      Thread thread =
          new Thread(() -> puller.pull(name, pull -> pull.concurrency(4)), "interrupted-pull");
      thread.setUncaughtExceptionHandler(
          (t, e) -> {
            thrown.set(e);
            flag.set(Thread.currentThread().isInterrupted());
          });
      thread.start();
      await(() -> stalled() == 4);
      Thread.sleep(200);
      assertEquals(5, server.requests().stream().filter(r -> r.path().contains("/blobs/")).count());
      thread.interrupt();
      thread.join();
      assertInstanceOf(InterruptedOperationException.class, thrown.get());
      assertTrue(flag.get(), "the thread's flag is set");
      assertEquals(List.of(), puller.images().listAll());
      assertEquals(id, puller.pull(name, pull -> pull.concurrency(1)).id());
    }
  }

  private long stalled() {
    return server.requests().stream().filter(r -> r.status() == 0).count();
  }

  private interface Condition {
    boolean holds();
  }

  private static void await(Condition condition) throws InterruptedException {
    for (int i = 0; i < 3000 && !condition.holds(); i++) {
      Thread.sleep(10);
    }
    assertTrue(condition.holds(), "not within half a minute");
  }

  @Test
  void pull_slow_isWhole() {
    String name = server.address() + "/slow:1";
    try (Engine engine = store.open();
        Engine puller = other.open()) {
      ImageId id = build(engine, 1, 10_000);
      engine.images().tag(id, name);
      engine.push(name);
      server.fail("GET .*/blobs/.*", 2, Fault.slow(50_000));
      assertEquals(id, puller.pull(name).id());
    }
  }
}
