package io.jollyboat.linux.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.linux.launcher.BusyboxRoot;
import io.jollyboat.linux.launcher.MountPoint;
import io.jollyboat.linux.launcher.Namespace;
import io.jollyboat.linux.launcher.Operations;
import io.jollyboat.linux.launcher.OperationsBuilder;
import io.jollyboat.linux.launcher.RequiresRoot;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.FileStat;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.PollCalls;
import io.jollyboat.linux.syscall.ProcessCalls;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(RequiresRoot.class)
final class ProcessesTest {

  private static final Set<Namespace> ALL =
      EnumSet.of(Namespace.MOUNT, Namespace.PID, Namespace.UTS, Namespace.IPC, Namespace.NETWORK);

  private final Path directory;
  private final BusyboxRoot root;
  private final Processes processes;
  private final String openBefore;
  private final String childrenBefore;

  ProcessesTest(@TempDir Path directory) throws Exception {
    this.directory = directory;
    this.root = BusyboxRoot.in(directory);
    warmUp();
    this.openBefore = Leftovers.descriptors();
    this.childrenBefore = Leftovers.children();
    this.processes = Processes.open(directory);
  }

  @BeforeEach
  void nothingIsMountedOnTheHost() throws Exception {
    assertFalse(Files.readString(Path.of("/proc/self/mountinfo")).contains(directory.toString()));
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    processes.close();
    assertEquals(openBefore, Leftovers.descriptors());
    assertEquals(childrenBefore, Leftovers.children());
    nothingIsMountedOnTheHost();
  }

  @Test
  void start_true_exitsWithZero() throws Exception {
    try (MonitoredProcess process = start("true")) {
      assertEquals(0, exit(process).code());
      assertFalse(process.isRunning());
    }
  }

  @Test
  void start_exitCode_isReported() throws Exception {
    try (MonitoredProcess process = start("sh", "-c", "exit 42")) {
      assertEquals(42, exit(process).code());
      assertEquals(OptionalInt.empty(), exit(process).signal());
    }
  }

  @Test
  void kill_signal_isReported() throws Exception {
    try (MonitoredProcess process = start("sleep", "100")) {
      process.kill(9);

      assertEquals(OptionalInt.of(9), exit(process).signal());
      assertEquals(137, exit(process).code());
    }
  }

  @Test
  void start_missingProgram_namesTheProgram() {
    KernelException e = assertThrows(KernelException.class, () -> start("nosuch"));

    assertEquals("execute nosuch: ENOENT (no such file or directory)", e.getMessage());
  }

  @Test
  void start_programWithoutPermission_isToldApart() throws Exception {
    Files.createFile(root.layer().resolve("bin/data"));

    KernelException e = assertThrows(KernelException.class, () -> start("data"));

    assertEquals("execute data: EACCES (permission denied)", e.getMessage());
  }

  @Tag("every-kernel")
  @Test
  void start_linkInPlaceOfProc_isRefusedAndNamed() throws Exception {
    replaceByLink("proc", "/etc");

    KernelException e = assertThrows(KernelException.class, () -> start("true"));

    assertEquals("mount /proc", e.call());
    assertEquals("ELOOP", e.errno().name());
  }

  @Tag("every-kernel")
  @Test
  void start_linkInPlaceOfDev_isRefusedAndNamed() throws Exception {
    replaceByLink("dev", "/tmp");

    KernelException e = assertThrows(KernelException.class, () -> start("true"));

    assertEquals("mount /dev", e.call());
    assertEquals("ELOOP", e.errno().name());
  }

  @Test
  void start_workingDirectoryThroughDescriptors_isRefused() {
    for (int fd = 3; fd < 30; fd++) {
      String path = "/proc/self/fd/" + fd;
      Operations operations =
          BusyboxRoot.confined(root.mounts().pivot().workingDirectory(path), "pwd");

      KernelException e = assertThrows(KernelException.class, () -> start(operations));

      assertEquals("change to directory " + path, e.call());
    }
  }

  @Test
  void output_bothStreams_areKeptApartAndInOrder() throws Exception {
    String script = "echo one; echo two >&2; echo three";
    try (MonitoredProcess process = start("sh", "-c", script)) {
      assertEquals("one\nthree\n", new String(process.stdout().readAllBytes(), UTF_8));
      assertEquals("two\n", new String(process.stderr().readAllBytes(), UTF_8));
      assertTrue(process.logs().contains("three\n"));
      assertEquals(14, process.logs().length());
    }
  }

  @Test
  void output_devStdout_canBeOpenedAgain() throws Exception {
    try (MonitoredProcess process = start("sh", "-c", "echo again > /dev/stdout")) {
      assertEquals("again\n", new String(process.stdout().readAllBytes(), UTF_8));
      assertEquals("", new String(process.stderr().readAllBytes(), UTF_8));
    }
  }

  @Test
  void output_whileItRuns_isFollowed() throws Exception {
    String script = "for i in 1 2 3; do echo $i; sleep 0.05; done; sleep 100";
    try (MonitoredProcess process = start("sh", "-c", script);
        BufferedReader lines = new BufferedReader(new InputStreamReader(process.stdout(), UTF_8))) {
      assertEquals("1", lines.readLine());
      assertEquals("2", lines.readLine());
      assertEquals("3", lines.readLine());
      assertTrue(process.isRunning());
    }
  }

  @Test
  void output_muchMoreThanAPipe_isComplete() throws Exception {
    try (MonitoredProcess process = start("dd", "if=/dev/zero", "bs=64k", "count=200")) {
      assertEquals(200L << 16, process.stdout().readAllBytes().length);
    }
  }

  @Test
  void stdin_written_arrives() throws Exception {
    ProcessRequest request = request(root.running("cat")).interactive();
    try (MonitoredProcess process = processes.start(request)) {
      try (OutputStream in = process.stdin()) {
        in.write("hello".getBytes(UTF_8));
      }
      assertEquals("hello", new String(process.stdout().readAllBytes(), UTF_8));
      assertEquals(0, exit(process).code());
    }
  }

  @Test
  void stdin_notAskedFor_isTheContainersOwnNullDevice() throws Exception {
    try (MonitoredProcess process = start("sh", "-c", "stat -L -c %d /dev/null /proc/self/fd/0")) {
      List<String> devices = new String(process.stdout().readAllBytes(), UTF_8).lines().toList();

      assertEquals(devices.get(0), devices.get(1));
    }
  }

  @Test
  void close_runningProcess_killsIt() {
    MonitoredProcess process = start("sleep", "100");
    int pid = process.pid();

    process.close();
    process.close();

    assertFalse(Files.exists(Path.of("/proc/" + pid)));
  }

  @Test
  void closeOfTheEngine_runningProcess_killsIt() throws Exception {
    MonitoredProcess process = start("sleep", "100");
    int pid = process.pid();

    processes.close();

    assertFalse(Files.exists(Path.of("/proc/" + pid)));
    assertEquals(137, exit(process).code());
    process.close();
  }

  @Test
  void state_exit_isOnDisk() throws Exception {
    ProcessRequest request = request(root.running("sh", "-c", "exit 3")).state(directory);
    try (MonitoredProcess process = processes.start(request)) {
      assertEquals(3, exit(process).code());
      String[] words = Files.readString(directory.resolve("exit")).strip().split(" ");

      assertEquals(3 << 8, Integer.parseInt(words[0]));
      assertFalse(Files.exists(directory.resolve("exit.new")));
    }
  }

  @Test
  void beforeRun_isCalledWhileTheProcessWaits() throws Exception {
    String[] namespace = new String[1];
    ProcessRequest request =
        request(root.running("readlink", "/proc/self/ns/net"))
            .beforeRun(pid -> namespace[0] = link("/proc/" + pid.number() + "/ns/net"));
    try (MonitoredProcess process = processes.start(request)) {
      assertEquals(namespace[0], new String(process.stdout().readAllBytes(), UTF_8).strip());
    }
  }

  @Test
  void beforeRun_throws_nothingStarts() {
    ProcessRequest request =
        request(root.running("true"))
            .beforeRun(
                pid -> {
                  throw new IllegalStateException("no link");
                });

    assertThrows(IllegalStateException.class, () -> processes.start(request));
  }

  @Tag("every-kernel")
  @Test
  void rights_ofTheProcess_areTheDefaults() throws Exception {
    String script = "grep -E '^(Cap|NoNewPrivs|Groups|Uid)' /proc/self/status; ls /proc/self/fd";
    try (MonitoredProcess process = start("sh", "-c", script)) {
      String status = new String(process.stdout().readAllBytes(), UTF_8);

      assertTrue(status.contains("CapBnd:\t00000000a80425fb"), status);
      assertTrue(status.contains("CapEff:\t00000000a80425fb"), status);
      assertTrue(status.contains("CapInh:\t0000000000000000"), status);
      assertTrue(status.contains("CapAmb:\t0000000000000000"), status);
      assertTrue(status.contains("NoNewPrivs:\t1"), status);
      assertTrue(status.endsWith("0\n1\n2\n3\n"), status);
    }
  }

  @Tag("every-kernel")
  @Test
  void maskedNull_modeChanged_hostIsUntouched() throws Exception {
    FileStat before = nullDevice();
    try (MonitoredProcess process = start("chmod", "600", "/proc/kcore")) {
      assertEquals(1, exit(process).code());
      assertEquals(before.mode(), nullDevice().mode());
    }
  }

  @Test
  void userNamespace_enteredLate_hasNoSayOverMounts() throws Exception {
    Operations operations =
        BusyboxRoot.confined(
            root.mounts().pivot().hostname("box").userNamespace().workingDirectory("/"),
            "sh",
            "-c",
            "id -u; cat /proc/self/uid_map; touch /tmp/x && stat -c %u /tmp/x;"
                + " hostname other || echo refused");
    try (MonitoredProcess process = start(operations)) {
      String out = new String(process.stdout().readAllBytes(), UTF_8);

      assertEquals("0 0 0 4294967295 0 refused", out.strip().replaceAll("\\s+", " "));
    }
  }

  @Tag("every-kernel")
  @Test
  void sysctl_throughAProcThatIsNone_isRefused() throws Exception {
    String name = "net.ipv4.ip_forward";
    KernelException inPlace =
        refused(proc("/proc").mount("tmpfs", "tmpfs", "/proc", "", Set.of(), MountPoint.EXISTING));
    assertEquals("set " + name, inPlace.call());
    KernelException within =
        refused(
            proc("/proc")
                .mount("tmpfs", "tmpfs", "/proc/sys/net", "", Set.of(), MountPoint.EXISTING));
    assertEquals("EXDEV", within.errno().name());
    Operations honest = confinedAfterSysctl(proc("/proc"));
    try (MonitoredProcess process = start(honest)) {
      assertEquals("1\n", new String(process.stdout().readAllBytes(), UTF_8));
    }
  }

  private OperationsBuilder proc(String target) {
    return root.mounts().mount("proc", "proc", target, "", Set.of(), MountPoint.EXISTING);
  }

  private KernelException refused(OperationsBuilder operations) {
    Operations all = confinedAfterSysctl(operations);
    return assertThrows(KernelException.class, () -> start(all));
  }

  private static Operations confinedAfterSysctl(OperationsBuilder operations) {
    return BusyboxRoot.confined(
        operations.sysctl("net.ipv4.ip_forward", "1").pivot().workingDirectory("/"),
        "cat",
        "/proc/sys/net/ipv4/ip_forward");
  }

  @Test
  void loopback_broughtUp_isUp() throws Exception {
    Operations operations =
        BusyboxRoot.confined(
            root.mounts().pivot().loopbackUp().workingDirectory("/"), "ifconfig", "lo");
    try (MonitoredProcess process = start(operations)) {
      assertTrue(new String(process.stdout().readAllBytes(), UTF_8).contains("UP LOOPBACK"));
    }
  }

  @Test
  void exit_writerThatOutlivesIt_isNotWaitedFor() throws Exception {
    Set<Namespace> withoutPid = EnumSet.copyOf(ALL);
    withoutPid.remove(Namespace.PID);
    ProcessRequest request =
        request(BusyboxRoot.confined(root.mounts().pivot(), "sh", "-c", "yes & exit 7"));
    try (MonitoredProcess process = processes.start(request.namespaces(withoutPid))) {
      assertEquals(7, exit(process).code());
    }
  }

  @Test
  void log_diskWasFull_goesOnAndSaysWhatIsLost() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk"));
    run("mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", disk.toString());
    try {
      String script =
          "yes | head -c 60000; sleep 0.2; yes | head -c 60000; sleep 0.2; echo more;"
              + " sleep 0.2; echo last";
      ProcessRequest request =
          new ProcessRequest(root.running("sh", "-c", script), disk.resolve("log")).namespaces(ALL);
      try (MonitoredProcess process = processes.start(request)) {
        assertEquals(0, exit(process).code());
        String logs = process.logs();

        assertTrue(logs.startsWith("y\ny\n"), "begins with what was written first");
        assertTrue(logs.endsWith("more\nlast\n"), logs.substring(logs.length() - 20));
        assertEquals(logs, new String(process.output().readAllBytes(), UTF_8));
      }
    } finally {
      run("umount", disk.toString());
    }
  }

  @Test
  void monitor_killed_takesTheDetachedProcessAlong() throws Exception {
    ProcessRequest request = request(root.running("sleep", "100")).detached();
    try (MonitoredProcess process = processes.start(request)) {
      int monitor = parentOf(process.pid());

      ProcessCalls.signal(monitor, 9);

      assertEquals(137, exit(process).code());
      assertTrue(PollCalls.readable(process.descriptor(), 5000), "the process has ended");
    }
  }

  @Test
  void start_engineClosed_leavesNothing() {
    processes.close();

    assertThrows(IllegalStateException.class, () -> start("sleep", "100"));
  }

  @Test
  void logs_endless_keepsTheLastPart() throws Exception {
    String script = "dd if=/dev/zero bs=64k count=300 2>/dev/null; echo end";
    try (MonitoredProcess process = start("sh", "-c", script)) {
      assertEquals(0, exit(process).code());
      String logs = process.logs();

      assertTrue(logs.length() <= 16 << 20, "length " + logs.length());
      assertTrue(logs.endsWith("end\n"));
    }
  }

  private static int parentOf(int pid) throws Exception {
    String status = Files.readString(Path.of("/proc/" + pid + "/status"));
    return Integer.parseInt(status.replaceAll("(?s).*PPid:\\s*(\\d+).*", "$1"));
  }

  private static void run(String... words) throws Exception {
    assertEquals(0, new ProcessBuilder(words).inheritIO().start().waitFor());
  }

  private MonitoredProcess start(String... words) {
    return start(root.running(words));
  }

  private MonitoredProcess start(Operations operations) {
    return processes.start(request(operations));
  }

  private ProcessRequest request(Operations operations) {
    return new ProcessRequest(operations, directory.resolve("log")).namespaces(ALL);
  }

  private void replaceByLink(String name, String target) throws Exception {
    Files.delete(root.layer().resolve(name));
    Files.createSymbolicLink(root.layer().resolve(name), Path.of(target));
  }

  private static ExitReport exit(MonitoredProcess process) throws Exception {
    return process.onExit().get(10, TimeUnit.SECONDS);
  }

  private static FileStat nullDevice() {
    return FileCalls.statx(FileCalls.AT_FDCWD, "/dev/null", 0);
  }

  private static String link(String path) {
    try {
      return Files.readSymbolicLink(Path.of(path)).toString();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Class loading and the like open files once. */
  private void warmUp() throws Exception {
    nothingIsMountedOnTheHost();
    try (Processes first = Processes.open(directory);
        MonitoredProcess process =
            first.start(
                new ProcessRequest(root.running("true"), directory.resolve("warm"))
                    .namespaces(ALL))) {
      assertEquals(0, exit(process).code());
    }
  }
}
