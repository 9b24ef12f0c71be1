package io.jollyboat.linux.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.OpenFlags;
import io.jollyboat.linux.syscall.ProcessCalls;
import io.jollyboat.linux.syscall.SocketCalls;
import io.jollyboat.linux.syscall.UnixSockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(RequiresRoot.class)
final class StartStepsTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  private Path directory;
  private LauncherBinary binary;
  private Launcher launcher;
  private BusyboxRoot root;

  @BeforeEach
  void open(@TempDir Path temporary) throws IOException {
    directory = temporary;
    root = BusyboxRoot.in(directory);
    binary = LauncherBinary.load(directory);
    launcher = new Launcher(binary);
  }

  @AfterEach
  void close() {
    launcher.close();
    binary.close();
  }

  @Test
  void awaitStart_whenTheMonitorHasLeft_waitsForTheOrderAndRuns() throws Exception {
    OperationsBuilder operations = root.mounts().pivot();
    try (Fd process = created(operations, "/bin/sh", "-c", "exec sleep 1000")) {
      try (Fd connection = connect()) {
        StartOrder.give(connection, List.of());
      }

      assertTrue(isProgram(process, "sleep"), "what runs is the program");
      assertTrue(ProcessCalls.signal(process, 9));
    }
  }

  @Test
  void awaitStart_ofAMissingProgram_tellsWhoGaveTheOrder() throws Exception {
    OperationsBuilder operations = root.mounts().pivot();
    Fd process = created(operations, "/bin/missing");
    try (process;
        Fd connection = connect()) {
      KernelException failure =
          assertThrows(KernelException.class, () -> StartOrder.give(connection, names));

      assertEquals(Errno.ENOENT, failure.errno());
      assertEquals("execute /bin/missing", failure.call());
    }
  }

  @Test
  void awaitStart_whenAnOrderBreaksOff_waitsForTheNext() throws Exception {
    OperationsBuilder operations = root.mounts().pivot();
    try (Fd process = created(operations, "/bin/sh", "-c", "exec sleep 1000")) {
      connect().close();
      try (Fd connection = connect()) {
        StartOrder.give(connection, List.of());
      }

      assertTrue(isProgram(process, "sleep"));
      assertTrue(ProcessCalls.signal(process, 9));
    }
  }

  @Test
  void hook_beforePivot_seesTheHostAndTheState() throws Exception {
    Path seen = directory.resolve("seen");
    try (Fd input = file("state", "the state");
        Fd output = file("output", "")) {
      OperationsBuilder operations = root.mounts();
      new StartSteps(operations)
          .hook(
              "/bin/sh",
              List.of("sh", "-c", "cat > " + seen + "; echo said; echo $WORD >> " + seen),
              List.of("WORD=given", "PATH=/usr/bin:/bin"),
              10,
              new StartSteps.HookStreams(input, output));
      assertEquals(0, exitOf(BusyboxRoot.confined(operations.pivot(), "/bin/true")));
    }

    assertEquals("the stategiven\n", Files.readString(seen));
    assertEquals("said\n", Files.readString(directory.resolve("output")));
  }

  @Test
  void hook_thatFails_isNamedWithItsStatus() throws Exception {
    assertEquals(StartSteps.EXIT_STATUS + 7, failureOf("exit 7", 10).errno().number());
    assertEquals("run hook /bin/sh", failureOf("exit 7", 10).call());
  }

  @Test
  void hook_thatTakesTooLong_isKilled() throws Exception {
    assertEquals(Errno.ETIMEDOUT, failureOf("sleep 1000", 1).errno());
  }

  @Test
  void device_withAnOwner_belongsToIt() throws Exception {
    OperationsBuilder operations =
        root.mounts().device("/dev/given", 'c', 1, 3, 0600, 12, 34).pivot();
    String[] words = {"/bin/sh", "-c", "[ $(stat -c %u:%g:%a:%t:%T /dev/given) = 12:34:600:1:3 ]"};
    assertEquals(0, exitOf(BusyboxRoot.confined(operations, words)));
  }

  @Test
  void attributes_ofAMount_areChanged() throws Exception {
    Path shared = Files.createDirectory(directory.resolve("shared"));
    OperationsBuilder operations = root.mounts();
    MountSteps steps = new MountSteps(operations);
    steps.bindRelated(shared.toString(), "/given", true, MountPoint.CREATED);
    steps.attributes(
        "/given",
        List.of(MountAttribute.READ_ONLY, MountAttribute.NO_ACCESS_TIME),
        List.of(),
        true,
        true);
    steps.propagation("/given", Propagation.PRIVATE, true);
    operations.pivot();
    String[] words = {"/bin/sh", "-c", "grep ' /given ro,noatime ' /proc/self/mountinfo"};
    assertEquals(0, exitOf(BusyboxRoot.confined(operations, words)));
  }

  @Test
  void schedule_ofAProcess_isSet() throws Exception {
    OperationsBuilder operations = root.mounts().pivot();
    ScheduleSteps steps = new ScheduleSteps(operations);
    steps.ioPriority(2, 6);
    steps.personality(0x0008);
    steps.scheduler(new ScheduleSteps.Scheduler(3, 0, 5, 0, 0, 0, 0));
    // Field 19 is the nice value, 41 the policy.
    String check =
        "[ $(cat /proc/self/personality) = 00000008 ] && set -- $(cat /proc/self/stat)"
            + " && [ ${19}:${41} = 5:3 ]";
    assertEquals(0, exitOf(BusyboxRoot.confined(operations, "/bin/sh", "-c", check)));
  }

  private List<String> names = List.of();

  private Fd created(OperationsBuilder operations, String... words) {
    try (Fd listener = UnixSockets.listen(directory.resolve("start"), SocketCalls.SOCK_SEQPACKET)) {
      new StartSteps(operations).awaitStart(listener);
      Operations all = BusyboxRoot.confined(operations, words);
      names = all.names();
      LaunchRequest request = new LaunchRequest(all).namespaces(LauncherTest.ALL).leave();
      try (Launched launched = launcher.start(request.waitForGo())) {
        Fd process = launched.expect(Report.Type.PID, SOON).descriptor().orElseThrow();
        launched.go();
        launched.expect(Report.Type.READY, SOON);
        launched.reap();
        return process;
      }
    }
  }

  private Fd connect() {
    return UnixSockets.connect(directory.resolve("start"), SocketCalls.SOCK_SEQPACKET);
  }

  private static boolean isProgram(Fd process, String name) throws IOException {
    String pid =
        Files.readAllLines(Path.of("/proc/self/fdinfo/" + process.number())).stream()
            .filter(line -> line.startsWith("Pid:"))
            .map(line -> line.substring(4).strip())
            .findFirst()
            .orElseThrow();
    Path comm = Path.of("/proc", pid, "comm");
    for (int i = 0; i < 1000 && !Files.readString(comm).strip().equals(name); i++) {
      Thread.onSpinWait();
    }
    return Files.readString(comm).strip().equals(name);
  }

  private KernelException failureOf(String script, int seconds) throws IOException {
    try (Fd input = file("state", "");
        Fd output = file("output", "")) {
      OperationsBuilder operations = root.mounts();
      new StartSteps(operations)
          .hook(
              "/bin/sh",
              List.of("sh", "-c", script),
              List.of("PATH=/usr/bin:/bin"),
              seconds,
              new StartSteps.HookStreams(input, output));
      Operations all = BusyboxRoot.confined(operations.pivot(), "/bin/true");
      return assertThrows(KernelException.class, () -> exitOf(all));
    }
  }

  private int exitOf(Operations operations) {
    LaunchRequest request = new LaunchRequest(operations).namespaces(LauncherTest.ALL);
    try (Launched launched = launcher.start(request)) {
      try {
        launched.expect(Report.Type.PID, SOON).descriptor().orElseThrow().close();
        launched.expect(Report.Type.RUNNING, SOON);
        return launched.expect(Report.Type.EXIT, SOON).index();
      } finally {
        launched.reap();
      }
    }
  }

  private Fd file(String name, String content) throws IOException {
    Path path = Files.writeString(directory.resolve(name), content);
    return FileCalls.open(path.toString(), OpenFlags.O_RDWR, 0);
  }
}
