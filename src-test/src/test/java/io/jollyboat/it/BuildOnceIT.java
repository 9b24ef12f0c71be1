package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.StoredImage;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.test.EngineJvm;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  @Test
  void step_ofThreeProcessesAtOnce_isDoneOnce() throws Exception {
    Image image = write("sleep 1");
    try (Engine engine = store.open();
        EngineJvm one = EngineJvm.buildingFile(store.root(), file);
        EngineJvm two = EngineJvm.buildingFile(store.root(), file)) {
      CompletableFuture<StoredImage> own = CompletableFuture.supplyAsync(() -> engine.build(image));
      StoredImage here = engine.build(image);
      assertEquals(here.id(), own.get().id());
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
      impatient.interrupt();
      assertInstanceOf(
          InterruptedOperationException.class,
          assertThrows(ExecutionException.class, given::get).getCause());
      impatient.join();
      other.kill();
      patient.get();
      assertEquals("2", executions(engine));
    }
    store.open().close(); // takes away the groups of the one that was killed
  }
}
