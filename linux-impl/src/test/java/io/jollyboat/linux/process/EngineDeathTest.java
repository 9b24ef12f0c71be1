package io.jollyboat.linux.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.linux.launcher.BusyboxRoot;
import io.jollyboat.linux.launcher.LaunchRequest;
import io.jollyboat.linux.launcher.Launched;
import io.jollyboat.linux.launcher.Launcher;
import io.jollyboat.linux.launcher.LauncherBinary;
import io.jollyboat.linux.launcher.Namespace;
import io.jollyboat.linux.launcher.OperationsBuilder;
import io.jollyboat.linux.launcher.Report;
import io.jollyboat.linux.launcher.RequiresRoot;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.PollCalls;
import io.jollyboat.linux.syscall.ProcessCalls;
import io.jollyboat.linux.syscall.SocketCalls;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of containers when nobody is there any more to look after them. */
@ExtendWith(RequiresRoot.class)
final class EngineDeathTest {

  private static final Set<Namespace> NEW = Set.of(Namespace.MOUNT, Namespace.PID);
  private static final Duration SOON = Duration.ofSeconds(10);

  @Test
  void controlSocketClosed_attached_processDiesWithItsChildren(@TempDir Path directory)
      throws Exception {
    BusyboxRoot root = BusyboxRoot.in(directory);
    try (LauncherBinary binary = LauncherBinary.load(directory);
        Launcher launcher = new Launcher(binary)) {
      LaunchRequest request =
          new LaunchRequest(root.running("sh", "-c", "sleep 100 & sleep 100")).namespaces(NEW);
      Launched launched = launcher.start(request);
      try (Fd process = launched.expect(Report.Type.PID, SOON).descriptor().orElseThrow()) {
        launched.expect(Report.Type.RUNNING, SOON);

        launched.close();

        assertTrue(PollCalls.readable(process, 5000));
        launched.reap();
      }
    }
  }

  @Test
  void engineClosed_detached_processLivesAndItsExitIsKept(@TempDir Path directory)
      throws Exception {
    BusyboxRoot root = BusyboxRoot.in(directory);
    String script = "echo before; until [ -e /go ]; do sleep 0.02; done; echo after; exit 9";
    Fd survivor;
    try (Processes processes = Processes.open(directory)) {
      ProcessRequest request =
          new ProcessRequest(root.running("sh", "-c", script), directory.resolve("log"))
              .namespaces(NEW)
              .state(directory)
              .detached();
      MonitoredProcess process = processes.start(request);
      survivor = ProcessCalls.openPid(process.pid());
      process.close();
    }
    try (survivor) {
      assertEquals("", Leftovers.children());
      assertFalse(PollCalls.readable(survivor, 200));

      Files.createFile(Path.of("/proc/" + pid(survivor) + "/root/go"));

      assertTrue(PollCalls.readable(survivor, 5000));
      assertTrue(awaitExit(directory).startsWith("2304 "));
      assertTrue(Files.readString(directory.resolve("log.0"), ISO_8859_1).contains("after"));
    }
  }

  @Test
  void detached_takenOver_isFollowedKilledAndItsExitKept(@TempDir Path directory) throws Exception {
    BusyboxRoot root = BusyboxRoot.in(directory);
    Path socket = directory.resolve("control");
    try (Processes processes = Processes.open(directory)) {
      start(processes, root, directory, socket).close();
    }
    assertEquals("", Leftovers.children());
    try (Processes first = Processes.open(directory);
        Processes second = Processes.open(directory);
        MonitoredProcess one = attach(first, socket, directory);
        MonitoredProcess two = attach(second, socket, directory)) {
      assertEquals(one.pid(), two.pid());
      assertEquals(one.running(), two.running());
      assertTrue(one.isRunning());
      try (BufferedReader lines = new BufferedReader(new InputStreamReader(one.stdout(), UTF_8))) {
        assertEquals("before", lines.readLine());
        Files.createFile(Path.of("/proc/" + one.pid() + "/root/go"));
        assertEquals("after", lines.readLine());
      }
      two.kill(9);
      assertEquals(137, one.onExit().get(10, TimeUnit.SECONDS).code());
      assertEquals(137, two.onExit().get(10, TimeUnit.SECONDS).code());
      assertEquals("before\nafter\n", two.logs());
      ExitReport.Kept kept = ExitReport.kept(directory).orElseThrow();
      assertEquals(one.onExit().get(), kept.exit());
      assertEquals(one.running(), kept.running());
      assertTrue(first.attach(socket, directory.resolve("log")).isEmpty());
    }
  }

  @Test
  void detached_onATerminalTakenOver_isTypedAtAndResized(@TempDir Path directory) throws Exception {
    BusyboxRoot root = BusyboxRoot.in(directory);
    Path socket = directory.resolve("control");
    String script =
        "trap 'echo resized; exit 4' WINCH; read line; echo got $line;"
            + " while :; do sleep 0.1; done";
    OperationsBuilder operations =
        root.mounts().terminal(24, 80, 0).pivot().hostname("box").workingDirectory("/");
    try (Processes processes = Processes.open(directory);
        Fd listener = SocketCalls.listen(socket.toString(), 16)) {
      processes
          .start(
              new ProcessRequest(
                      BusyboxRoot.confined(operations, "sh", "-c", script),
                      directory.resolve("log"))
                  .namespaces(NEW)
                  .state(directory)
                  .listener(listener)
                  .terminal()
                  .interactive()
                  .detached())
          .close();
    }
    try (Processes next = Processes.open(directory);
        MonitoredProcess process = attach(next, socket, directory)) {
      assertTrue(process.hasTerminal());
      process.stdin().write("hello\n".getBytes(UTF_8));
      InputStream screen = process.stdout();
      assertEquals("hello\r\ngot hello\r\n", new String(screen.readNBytes(18), UTF_8));

      process.resize(10, 20);

      assertEquals("resized\r\n", new String(screen.readAllBytes(), UTF_8));
      assertEquals(4, process.onExit().get(10, TimeUnit.SECONDS).code());
    }
  }

  @Test
  void detached_monitorKilled_takesItsProcessesAlong(@TempDir Path directory) throws Exception {
    BusyboxRoot root = BusyboxRoot.in(directory);
    Path socket = directory.resolve("control");
    Fd survivor;
    int monitor;
    try (Processes processes = Processes.open(directory);
        MonitoredProcess process = start(processes, root, directory, socket)) {
      survivor = ProcessCalls.openPid(process.pid());
      String status = Files.readString(Path.of("/proc/" + process.pid() + "/status"));
      monitor = Integer.parseInt(status.replaceAll("(?s).*PPid:\\s*(\\d+).*", "$1"));
    }
    try (survivor;
        Processes next = Processes.open(directory)) {
      ProcessCalls.signal(monitor, 9);
      assertTrue(PollCalls.readable(survivor, 5000), "without any engine");
      assertTrue(next.attach(socket, directory.resolve("log")).isEmpty());
      assertTrue(ExitReport.kept(directory).isEmpty());
    }
  }

  private static MonitoredProcess start(
      Processes processes, BusyboxRoot root, Path directory, Path socket) {
    String script =
        "echo before; until [ -e /go ]; do sleep 0.02; done; echo after; sleep 100 & sleep 100";
    try (Fd listener = SocketCalls.listen(socket.toString(), 16)) {
      return processes.start(
          new ProcessRequest(root.running("sh", "-c", script), directory.resolve("log"))
              .namespaces(NEW)
              .state(directory)
              .listener(listener)
              .detached());
    }
  }

  private static MonitoredProcess attach(Processes processes, Path socket, Path directory) {
    return processes.attach(socket, directory.resolve("log")).orElseThrow();
  }

  private static String awaitExit(Path directory) throws Exception {
    Path exit = directory.resolve("exit");
    for (int i = 0; i < 500 && !Files.exists(exit); i++) {
      Thread.sleep(10);
    }
    return Files.readString(exit);
  }

  private static int pid(Fd process) throws Exception {
    return Files.readAllLines(Path.of("/proc/self/fdinfo/" + process.number())).stream()
        .filter(line -> line.startsWith("Pid:"))
        .mapToInt(line -> Integer.parseInt(line.substring(4).strip()))
        .findFirst()
        .orElseThrow();
  }
}
