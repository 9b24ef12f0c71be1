package io.jollyboat.linux.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.linux.launcher.BusyboxRoot;
import io.jollyboat.linux.launcher.Namespace;
import io.jollyboat.linux.launcher.Operations;
import io.jollyboat.linux.launcher.RequiresRoot;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.PollCalls;
import io.jollyboat.linux.syscall.ProcessCalls;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(RequiresRoot.class)
final class ExecTest {

  private static final Set<Namespace> ALL =
      EnumSet.of(Namespace.MOUNT, Namespace.PID, Namespace.UTS, Namespace.IPC, Namespace.NETWORK);

  private final Path directory;
  private final BusyboxRoot root;
  private final Processes processes;
  private final MonitoredProcess target;

  ExecTest(@TempDir Path directory) throws Exception {
    this.directory = directory;
    root = BusyboxRoot.in(directory);
    processes = Processes.open(directory);
    Operations operations = root.running("sleep", "100");
    target =
        processes.start(new ProcessRequest(operations, directory.resolve("log")).namespaces(ALL));
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    target.close();
    processes.close();
    assertEquals("", Leftovers.children());
  }

  @Test
  void exec_words_runInTheContainer() {
    ExecOutcome outcome = exec("sh", "-c", "hostname; ps; echo wrong >&2; exit 5");

    assertEquals(5, outcome.code());
    assertTrue(outcome.out().startsWith("box\n"), outcome.out());
    assertTrue(outcome.out().contains("1 0        sleep 100"), outcome.out());
    assertEquals("wrong\n", outcome.err());
    assertFalse(outcome.truncated());
  }

  @Test
  void exec_rights_areThoseAsked() {
    ExecOutcome outcome = exec("sh", "-c", "grep CapBnd /proc/self/status; ls /proc/self/fd");

    assertEquals("CapBnd:\t00000000a80425fb\n0\n1\n2\n3\n", outcome.out());
  }

  @Test
  void exec_hugeOutput_isCutAndSaysSo() {
    ExecOutcome outcome = exec("dd", "if=/dev/zero", "bs=64k", "count=100");

    assertEquals(0, outcome.code());
    assertEquals(ExecOutcome.MOST, outcome.out().length());
    assertTrue(outcome.truncated());
  }

  @Test
  void exec_killed_hasTheSignal() {
    ExecOutcome outcome = exec("sh", "-c", "kill -15 $$");

    assertEquals(143, outcome.code());
    assertEquals(OptionalInt.of(15), outcome.signal());
  }

  @Test
  void exec_missingProgram_namesIt() {
    KernelException e = assertThrows(KernelException.class, () -> exec("nosuch"));

    assertEquals("execute nosuch: ENOENT (no such file or directory)", e.getMessage());
  }

  @Test
  void exec_backgroundProcess_isNotWaitedFor() {
    assertEquals(0, exec("sh", "-c", "sleep 50 & echo started").code());
  }

  @Test
  @Timeout(20)
  void exec_backgroundProcessThatWritesForEver_isNotWaitedFor() {
    ExecOutcome outcome = exec("sh", "-c", "yes & exit 3");

    assertEquals(3, outcome.code());
  }

  @Test
  @Timeout(20)
  void exec_endlessOutput_canBeInterrupted() {
    Thread caller = Thread.currentThread();
    CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS).execute(caller::interrupt);

    KernelException e = assertThrows(KernelException.class, () -> exec("yes"));

    assertTrue(Thread.interrupted());
    assertEquals("EINTR", e.errno().name());
  }

  @Test
  void exec_afterTheTargetEnded_fails() {
    target.kill(9);
    target.onExit().join();

    KernelException e = assertThrows(KernelException.class, () -> exec("true"));

    assertEquals("ESRCH", e.errno().name());
  }

  @Test
  void join_connectionLost_endsTheProgramAndNotTheTarget() throws Exception {
    try (Processes others = Processes.open(directory)) {
      JoinedProcess joined = others.join(request("sleep", "100"));
      try (Fd program = ProcessCalls.openPid(joined.pid())) {
        // All that the monitor sees of a Java process that dies.
        others.close();

        assertTrue(PollCalls.readable(program, 5000), "the program has ended");
        assertEquals(137, joined.onExit().get(5, TimeUnit.SECONDS).code());
        assertTrue(target.isRunning());
      }
    }
  }

  @Test
  void join_manyBytesUnread_areKeptAtTheEnd() throws Exception {
    try (JoinedProcess joined = processes.join(request("sh", "-c", "head -c 60000 /dev/zero"))) {
      assertEquals(0, joined.onExit().get(10, TimeUnit.SECONDS).code());

      assertEquals(60000, joined.stdout().readAllBytes().length);
      assertEquals(-1, joined.stderr().read());
    }
  }

  private ExecRequest request(String... words) {
    return new ExecRequest(
        target.descriptor(),
        operations -> BusyboxRoot.confined(operations.workingDirectory("/"), words));
  }

  private ExecOutcome exec(String... words) {
    return processes.exec(request(words));
  }
}
