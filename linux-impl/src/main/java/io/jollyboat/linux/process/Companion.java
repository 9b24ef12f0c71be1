package io.jollyboat.linux.process;

import io.jollyboat.linux.launcher.LaunchRequest;
import io.jollyboat.linux.launcher.Launched;
import io.jollyboat.linux.launcher.Launcher;
import io.jollyboat.linux.launcher.LauncherBinary;
import io.jollyboat.linux.launcher.Operations;
import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.Pid;
import io.jollyboat.linux.syscall.PollCalls;
import io.jollyboat.linux.syscall.ProcessCalls;
import io.jollyboat.linux.syscall.SocketCalls;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A program of this machine that serves a container from outside. Its monitor ends it when this is
 * closed, and when this Java process is gone; that of a detached container has an escort instead,
 * which ends it with the container. Safe for use by several threads.
 */
public final class Companion implements AutoCloseable {
  private static final int SIGKILL = 9;
  private static final int ANSWER = 8;
  private static final int LONGEST_END_MILLIS = 5000;
  private static final List<String> STEPS = List.of("run", "start", "join the groups of");

  /** Above the numbers that the escort gives to its own. */
  private static final int HIGH = 300;

  private final Pid process;
  private final Runnable end;
  private boolean closed;

  private Companion(Pid process, Runnable end) {
    this.process = process;
    this.end = end;
  }

  static Companion start(Launcher launcher, List<String> words) {
    List<String> environment = List.of("PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C");
    Operations operations = Operations.builder().execute(words, environment);
    Launched launched = launcher.start(new LaunchRequest(operations));
    StartedProcess started = StartedProcess.await(launched, Optional.empty());
    return new Companion(started.pid(), started::kill);
  }

  /**
   * One that outlives this process.
   *
   * @param groups files into which the escort writes {@code 0}
   * @param served whose end is the program's
   */
  static Companion escorted(
      LauncherBinary binary, List<String> words, List<String> groups, Pid served) {
    List<String> all = new ArrayList<>(List.of("jollyboat", "escort"));
    all.addAll(groups);
    all.add("-");
    all.addAll(words);
    try (SocketCalls.Pair control = SocketCalls.pair(SocketCalls.SOCK_STREAM);
        Fd far = FileCalls.duplicate(control.second(), HIGH);
        Fd init = FileCalls.duplicate(served.descriptor(), HIGH)) {
      int spawned = binary.spawn(all, List.of(far, init));
      far.close();
      control.second().close();
      ProcessCalls.reap(spawned); // it has handed over
      Pid escort = running(control.first(), words.get(0));
      return new Companion(escort, () -> end(escort));
    }
  }

  private static Pid running(Fd control, String program) {
    byte[] answer = new byte[ANSWER];
    if (FileCalls.read(control, answer) < ANSWER) {
      throw new KernelException("escort", program, Errno.EPIPE);
    }
    ByteBuffer numbers = ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder());
    int step = numbers.getInt();
    int value = numbers.getInt();
    if (step != 0) {
      String doing = STEPS.get(Math.min(step, STEPS.size() - 1));
      throw new KernelException("escort: " + doing, program, new Errno(value));
    }
    return new Pid(value, ProcessCalls.openPid(value));
  }

  private static void end(Pid escort) {
    try (Fd descriptor = escort.descriptor()) {
      ProcessCalls.signal(descriptor, SIGKILL);
      PollCalls.readable(descriptor, LONGEST_END_MILLIS);
    }
  }

  /** Whether it has not ended by itself. */
  public synchronized boolean isRunning() {
    return !closed && process.isRunning();
  }

  /** Leaves one that outlives this process to itself. */
  public synchronized void letGo() {
    if (!closed) {
      closed = true;
      process.descriptor().close();
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      end.run();
    }
  }
}
