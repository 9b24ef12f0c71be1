package io.jollyboat.linux.launcher;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.PollCalls;
import io.jollyboat.linux.syscall.ProcessCalls;
import io.jollyboat.linux.syscall.SocketCalls;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The near end of a control socket, with the monitor behind it. Commands may come from any thread;
 * one thread at a time receives. Closing it ends the process unless it is detached.
 */
public final class Launched implements AutoCloseable {

  private static final int REPORT = 16;
  private static final int COMMAND = 16;
  private static final int SLICE_MILLIS = 100;

  private final Frame frame;
  private final Fd control;
  private final int monitor;
  private final AtomicBoolean reaped = new AtomicBoolean();

  Launched(Frame frame, Fd control, int monitor) {
    this.frame = frame;
    this.control = control;
    this.monitor = monitor;
  }

  /** The connection to a monitor that somebody else has started, over {@code control}. */
  public static Launched connected(Fd control) {
    Launched launched =
        new Launched(new LaunchRequest(Operations.builder().build()).frame(), control, 0);
    launched.reaped.set(true);
    return launched;
  }

  /** The control socket, for waiting on it. */
  public Fd control() {
    return control;
  }

  /**
   * Receives one report, or nothing when the monitor has ended. Blocks, so ask whether the socket
   * is readable before.
   */
  public Optional<Report> receive() {
    byte[] bytes = new byte[REPORT];
    List<Fd> fds = new ArrayList<>(1);
    int length = receiveInto(bytes, fds);
    if (length == 0) {
      return Optional.empty();
    }
    ByteBuffer report = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    Report.Type type = Report.Type.numbered(report.getInt());
    Optional<Fd> descriptor = fds.stream().findFirst();
    return Optional.of(new Report(type, report.getInt(), report.getLong(), descriptor));
  }

  /**
   * Receives the report that must come next.
   *
   * @throws KernelException as {@link #next}
   */
  public Report expect(Report.Type type, Duration limit) {
    Report report = next(limit);
    if (report.type() != type) {
      throw new IllegalStateException("expected " + type + ", got " + report.type());
    }
    return report;
  }

  /**
   * Waits for the next report.
   *
   * @throws KernelException naming the operation that failed instead; with EINTR when the thread is
   *     interrupted, whose flag stays set; with EPIPE when the monitor has died
   */
  public Report next(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    while (!PollCalls.readable(control, SLICE_MILLIS)) {
      if (Thread.currentThread().isInterrupted()) {
        throw new KernelException("start", "", Errno.EINTR);
      }
      if (System.nanoTime() - end > 0) {
        throw new KernelException("start", "", Errno.ETIMEDOUT);
      }
    }
    Report report =
        receive().orElseThrow(() -> new KernelException("start", "monitor", Errno.EPIPE));
    if (report.type() == Report.Type.ERROR) {
      throw failure(report);
    }
    return report;
  }

  /** What an ERROR report means. */
  public KernelException failure(Report error) {
    return frame.failure(error.index(), (int) error.value());
  }

  /** Lets a process run that was asked to wait. */
  public void go() {
    send('G', 0, 0);
  }

  /** Signals the process; SIGKILL thaws it too. */
  public void kill(int signal) {
    send('K', signal, 0);
  }

  /** From now on the process outlives this one. */
  public void detach() {
    send('D', 0, 0);
  }

  /** Asks for one LOG report as soon as the log file is longer than {@code seen}. */
  public void arm(long seen) {
    send('A', 0, seen);
  }

  /**
   * Waits for the monitor, which ends right after its last report, and reaps it; the one of a
   * detached process has another parent. Doing so twice is safe.
   */
  public void reap() {
    if (reaped.compareAndSet(false, true)) {
      ProcessCalls.reap(monitor);
    }
  }

  @Override
  public synchronized void close() {
    control.close();
  }

  private synchronized void send(char letter, int argument, long position) {
    if (!control.isOpen()) {
      return;
    }
    ByteBuffer command = ByteBuffer.allocate(COMMAND).order(ByteOrder.LITTLE_ENDIAN);
    command.put((byte) letter).put((byte) argument).putLong(8, position);
    try {
      SocketCalls.sendFully(control, command.array());
    } catch (KernelException e) {
      // The monitor has ended: there is nothing left that a command could mean.
      if (!e.is(Errno.EPIPE) && !e.is(Errno.ECONNRESET)) {
        throw e;
      }
    }
  }

  private int receiveInto(byte[] bytes, List<Fd> fds) {
    int length;
    try {
      length = SocketCalls.receive(control, bytes, fds, 0);
    } catch (KernelException e) {
      if (e.is(Errno.ECONNRESET)) {
        return 0;
      }
      throw e;
    }
    while (length > 0 && length < REPORT) {
      byte[] rest = new byte[REPORT - length];
      int more = FileCalls.read(control, rest);
      if (more == 0) {
        return 0;
      }
      System.arraycopy(rest, 0, bytes, length, more);
      length += more;
    }
    return length;
  }
}
