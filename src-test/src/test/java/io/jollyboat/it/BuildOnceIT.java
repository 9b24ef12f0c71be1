package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.StoredImage;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.oci.Digest;
import io.jollyboat.test.EngineJvm;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Equal steps of builds in several processes; each execution adds a line to a cache mount. */
@IntegrationTest
class BuildOnceIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String COUNTED =
      "RUN --mount=type=cache,id=count,target=/c echo x >> /c/n && ";

  private TestStore store;
  private Path file;

  @BeforeEach
  void pull(RegistryProcess registry, @TempDir Path directory) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
    file = directory.resolve("Dockerfile");
  }

  @AfterEach
  void delete() {
    store.close();
  }

  private Image write(String command) throws IOException {
    Files.writeString(file, "FROM " + TestImages.BUSYBOX + "\n" + COUNTED + command + "\n");
    return Image.of(Dockerfile.parse(file));
  }

  private String executions(Engine engine) {
    Image look =
        Image.of(
            Dockerfile.parse(
                "FROM "
                    + TestImages.BUSYBOX
                    + "\nRUN --mount=type=cache,id=count,target=/c wc -l < /c/n > /lines\n"));
    StoredImage counted = engine.build(look, build -> build.noCache());
    return Result.sh(engine, Specs.alone(counted.id()), "cat /lines").strip();
  }

  /** Waits until so many threads of a process hold the step's lock or wait for it. */
  private void awaitAtTheLock(long pid, int threads) throws Exception {
    String lock = store.root().resolve("locks/step-").toString();
    long end = System.nanoTime() + SOON.toNanos();
    long seen = 0;
    while (seen < threads) {
      assertTrue(System.nanoTime() < end, pid + " has only " + seen + " threads at the lock");
      Thread.sleep(20);
      seen = 0;
      try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
        for (Path descriptor : open) {
          seen += isOf(descriptor, lock) ? 1 : 0;
        }
      }
    }
  }

  private static boolean isOf(Path descriptor, String lock) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith(lock);
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  /** What the commands see as {@code /c}. */
  private Path shared() {
    String name = Digest.sha256("count".getBytes(StandardCharsets.UTF_8)).hex();
    return store.root().resolve("cache-mounts").resolve(name);
  }

  @Test
  void step_ofThreeProcessesAtOnce_isDoneOnce() throws Exception {
    Image image = write("while [ ! -e /c/go ]; do sleep 0.05; done");
    try (Engine engine = store.open();
        EngineJvm one = EngineJvm.buildingFile(store.root(), file);
        EngineJvm two = EngineJvm.buildingFile(store.root(), file)) {
      CompletableFuture<StoredImage> own = CompletableFuture.supplyAsync(() -> engine.build(image));
      CompletableFuture<StoredImage> other =
          CompletableFuture.supplyAsync(() -> engine.build(image));
      awaitAtTheLock(one.pid(), 1);
      awaitAtTheLock(two.pid(), 1);
      awaitAtTheLock(ProcessHandle.current().pid(), 2);
      Files.createDirectories(shared());
      Files.createFile(shared().resolve("go"));
      assertEquals(own.get().id(), other.get().id());
      one.expect("done");
      two.expect("done");
      assertEquals("1", executions(engine));
    }
  }

  @Test
  void step_ofAProcessThatIsKilled_isDoneByWhoWaits() throws Exception {
    Image image = write("echo counted && if [ $(wc -l < /c/n) = 1 ]; then sleep 600; fi");
    try (Engine engine = store.open();
        EngineJvm other = EngineJvm.buildingFile(store.root(), file)) {
      other.expect("counted");
      FutureTask<StoredImage> given = new FutureTask<>(() -> engine.build(image));
      Thread impatient = new Thread(given);
      impatient.start();
      CompletableFuture<StoredImage> patient =
          CompletableFuture.supplyAsync(() -> engine.build(image));
      awaitAtTheLock(ProcessHandle.current().pid(), 2);
      impatient.interrupt();
      assertInstanceOf(
          InterruptedOperationException.class,
          assertThrows(ExecutionException.class, given::get).getCause());
      impatient.join();
      assertFalse(patient.isDone());
      other.kill();
      patient.get();
      assertEquals("2", executions(engine));
    }
    store.open().close(); // takes away the groups of the one that was killed
  }
}
