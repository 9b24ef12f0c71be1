package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ContainerId;
import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.Progress;
import io.jollyboat.StoredImage;
import io.jollyboat.test.EngineJvm;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Killed processes leave nothing, and processes that share a store do not disturb each other. */
@IntegrationTest
class LifeIT {
  private static final Duration DEATH = Duration.ofSeconds(1);

  private TestStore store = TestStore.empty();

  @BeforeEach
  void pull(RegistryProcess registry) {
    try (Engine engine = store.open()) {
      TestStore.take(engine, registry, TestImages.BUSYBOX);
    }
  }

  @AfterEach
  void delete() {
    store.close();
  }

  @Test
  void jvm_killed_takesItsContainersWithItAndTheNextOpenClearsTheRest()
      throws InterruptedException {
    String marker = String.valueOf(1_000_000 + ProcessHandle.current().pid());
    try (EngineJvm jvm = EngineJvm.running(store.root(), "sleep", marker)) {
      assertEquals(1, Processes.allRunning("sleep", marker).size());
      jvm.kill();
      long end = System.nanoTime() + DEATH.toNanos();
      while (!Processes.allRunning("sleep", marker).isEmpty() && System.nanoTime() < end) {
        Thread.sleep(10);
      }
      assertEquals(List.of(), Processes.allRunning("sleep", marker), "within " + DEATH);
    }
    try (Engine engine = store.open()) {
      assertEquals(List.of(), engine.containers().list());
      assertEquals("again\n", Result.sh(engine, Specs.busybox(), "echo again"));
    }
  }

  @Test
  void jvm_killedWhileItBuilds_leavesAStoreThatWorks() throws InterruptedException {
    for (int pause : new int[] {300, 600, 900, 1200}) {
      try (EngineJvm jvm = EngineJvm.building(store.root(), "killed", 1000)) {
        Thread.sleep(pause);
        jvm.kill();
      }
    }
    try (EngineJvm jvm = EngineJvm.building(store.root(), "killed", 1)) {
      jvm.expect("done");
      jvm.awaitEnd();
    }
  }

  @Test
  void severalJvms_onOneStore_buildAndRunAtOnce() {
    List<EngineJvm> jvms = new ArrayList<>();
    try {
      for (String label : List.of("one", "two", "three")) {
        jvms.add(EngineJvm.building(store.root(), label, 5));
      }
      jvms.forEach(jvm -> jvm.expect("done"));
      jvms.forEach(EngineJvm::awaitEnd);
    } finally {
      jvms.forEach(EngineJvm::close);
    }
    try (Engine engine = store.open()) {
      List<String> names =
          engine.images().list().stream().map(StoredImage::names).map(Object::toString).toList();
      for (String label : List.of("one", "two", "three")) {
        assertTrue(names.stream().anyMatch(name -> name.contains(label)), names.toString());
      }
    }
  }

  @Test
  void engineOpenedByAnother_leavesRunningContainersAlone() {
    try (EngineJvm other = EngineJvm.running(store.root(), "sleep", "600");
        Engine engine = store.open()) {
      assertEquals(1, engine.containers().list().size());
      assertEquals("mine\n", Result.sh(engine, Specs.busybox(), "echo mine"));
      assertTrue(engine.containers().list().get(0).running());
      assertTrue(other.alive());
    }
    store.open().close(); // clears what the killed process left
  }

  @Test
  void interruptedBuild_leavesNothingHalfVisible() throws InterruptedException {
    AtomicReference<Throwable> ended = new AtomicReference<>();
    CountDownLatch started = new CountDownLatch(1);
    Progress progress =
        new Progress() {
          @Override
          public void stepRunning(Step step, ContainerId container) {
            started.countDown();
          }
        };
    try (Engine engine = store.open()) {
      int before = engine.images().listAll().size();
      Image image = Image.from(TestImages.BUSYBOX).run("sleep 600");
      Thread builder =
          new Thread(
              () -> {
                try {
                  engine.build(image, build -> build.tag("half:1").progress(progress));
                } catch (InterruptedOperationException e) {
                  ended.set(
                      Thread.currentThread().isInterrupted()
                          ? e
                          : new AssertionError("the flag is gone"));
                }
              });
      builder.start();
      assertTrue(started.await(20, TimeUnit.SECONDS));
      builder.interrupt();
      builder.join(10_000);
      assertFalse(builder.isAlive());
      assertInstanceOf(InterruptedOperationException.class, ended.get());
      assertTrue(engine.images().find("half:1").isEmpty());
      assertEquals(before, engine.images().listAll().size());
    }
  }
}
