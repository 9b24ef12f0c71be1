package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jollyboat.Container;
import io.jollyboat.ContainerException;
import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.dockerfile.StopSignal;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Images whose configuration or files are made to be stumbled over. */
@IntegrationTest
class HostileImageIT {
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
  void usersThatAreALoop_whenStarted_areATypedError() {
    refused(busybox().run("rm -f /etc/passwd; ln -s passwd /etc/passwd"), "/etc/passwd");
  }

  @Test
  void userThatIsNone_whenStarted_isATypedError() {
    refused(busybox().user("99999999999999999999"), "99999999999999999999");
  }

  @Test
  void workdirThroughADescriptor_whenStarted_isATypedError() {
    refused(busybox().run("ln -s /proc/self/fd/4 /work").workdir("/work"), "/work");
  }

  @Test
  void stopSignalThatIsNone_whenStopped_isTerm() {
    Image image = busybox().with(StopSignal.of("SIGNONSENSE")).cmd("sh", "-c", "sleep 60");
    try (Engine engine = store.open();
        Container container = engine.run(Specs.alone(engine.build(image).id()))) {
      assertEquals(OptionalInt.of(9), container.stop(Duration.ofMillis(100)).signal());
    }
  }

  private static Image busybox() {
    return Image.from(TestImages.BUSYBOX);
  }

  private static void refused(Image image, String part) {
    try (Engine engine = store.open()) {
      Image named = image.cmd("true");
      Failure.says(
          assertThrows(
              ContainerException.class,
              () -> engine.run(Specs.alone(engine.build(named).id())).close()),
          part);
    }
  }
}
