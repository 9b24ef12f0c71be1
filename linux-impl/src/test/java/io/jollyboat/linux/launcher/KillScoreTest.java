package io.jollyboat.linux.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Whom the kernel kills when memory is short. */
@ExtendWith(RequiresRoot.class)
final class KillScoreTest {

  private static final Path OWN = Path.of("/proc/self/oom_score_adj");
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path directory = Path.of("");
  private String before = "";

  /** Anything but 0, that one sees it go; to lower it below 0 takes a rare capability. */
  @BeforeEach
  void raise() throws IOException {
    before = Files.readString(OWN);
    Files.writeString(OWN, "321");
  }

  @AfterEach
  void restore() throws IOException {
    Files.writeString(OWN, before);
  }

  @Test
  void start_enginesServiceIsSpared_containerIsNot() throws IOException {
    assertEquals("0\n", scoreInside("-900\n"));
  }

  @Test
  void start_enginesServiceIsNotSpared_handsOnItsScore() throws IOException {
    assertEquals("321\n", scoreInside("321\n"));
  }

  private String scoreInside(String own) throws IOException {
    Path score = Files.writeString(directory.resolve("score"), own);
    Operations operations = BusyboxRoot.in(directory).running("cat", "/proc/self/oom_score_adj");
    LaunchRequest request =
        new LaunchRequest(operations)
            .namespaces(EnumSet.of(Namespace.MOUNT, Namespace.PID, Namespace.UTS, Namespace.IPC));
    try (LauncherBinary binary = LauncherBinary.load(directory);
        Launcher launcher = new Launcher(binary, score);
        FileCalls.Pipe pipe = FileCalls.pipe();
        Fd nothing = FileCalls.duplicate(pipe.writeEnd(), 30)) {
      Launched launched = launcher.start(request.output(pipe.writeEnd(), nothing));
      try {
        launched.expect(Report.Type.PID, SOON).descriptor().orElseThrow().close();
        launched.expect(Report.Type.RUNNING, SOON);
        byte[] bytes = new byte[100];
        int length = FileCalls.read(pipe.readEnd(), bytes);
        return new String(bytes, 0, length, StandardCharsets.US_ASCII);
      } finally {
        launched.close();
        launched.reap();
      }
    }
  }
}
