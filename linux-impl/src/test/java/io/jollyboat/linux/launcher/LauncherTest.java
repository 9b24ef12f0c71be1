package io.jollyboat.linux.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(RequiresRoot.class)
final class LauncherTest {

  static final Set<Namespace> ALL =
      EnumSet.of(Namespace.MOUNT, Namespace.PID, Namespace.UTS, Namespace.IPC, Namespace.NETWORK);

  private static final Duration SOON = Duration.ofSeconds(10);

  @Test
  void start_true_runsAndExits(@TempDir Path directory) throws Exception {
    BusyboxRoot root = BusyboxRoot.in(directory);
    try (LauncherBinary binary = LauncherBinary.load(directory);
        Launcher launcher = new Launcher(binary)) {
      LaunchRequest request = new LaunchRequest(root.running("/bin/true")).namespaces(ALL);
      try (Launched launched = launcher.start(request)) {
        launched.expect(Report.Type.PID, SOON).descriptor().orElseThrow().close();
        launched.expect(Report.Type.RUNNING, SOON);

        assertEquals(0, launched.expect(Report.Type.EXIT, SOON).index());
        launched.reap();
      }
    }
  }
}
