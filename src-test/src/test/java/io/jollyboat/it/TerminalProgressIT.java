package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.test.Command;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a person sees whose program runs in a terminal, and what a file gets. */
@IntegrationTest
class TerminalProgressIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private TestStore store;

  @BeforeEach
  void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterEach
  void delete() {
    store.close();
  }

  private String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java")
        + " -XX:TieredStopAtLevel=1 -cp \""
        + System.getProperty("java.class.path")
        + "\" "
        + TerminalProgressStory.class.getName()
        + " "
        + store.root();
  }

  @Test
  void build_inATerminal_showsStagesSideBySide() {
    String script = Command.find("script").toString();
    String written = Command.run(LIMIT, "env", "TERM=xterm", script, "-qec", java(), "/dev/null");
    List<String> frames = Arrays.asList(written.split("\u001b\\[J", -1));
    assertTrue(
        frames.stream().anyMatch(f -> f.contains("left waits") && f.contains("right waits")),
        written);
    assertTrue(written.contains(" tagged both"), written);
    assertFalse(written.contains("--->"), written);
  }

  @Test
  void build_intoAFile_printsTheClassicForm() {
    String written = Command.run(LIMIT, "env", "TERM=xterm", "sh", "-c", java());
    assertTrue(written.startsWith("Step 1/"), written);
    assertFalse(written.contains("\u001b"), written);
  }
}
