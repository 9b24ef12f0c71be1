package io.jollyboat.linux.launcher;

import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.OpenFlags;
import io.jollyboat.linux.syscall.SocketCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts monitors. Safe for use by several threads. */
public final class Launcher implements AutoCloseable {

  private static final int FITS = 1 << 16;

  private final LauncherBinary binary;
  private final Fd nullDevice;
  private final boolean spared;

  /** Uses {@code binary}, which stays the caller's to close. */
  public Launcher(LauncherBinary binary) {
    this(binary, Path.of("/proc/self/oom_score_adj"));
  }

  /**
   * @param score holds by how much the kernel prefers this process when memory is short
   */
  Launcher(LauncherBinary binary, Path score) {
    this.binary = binary;
    this.spared = isNegative(score);
    this.nullDevice = FileCalls.open("/dev/null", OpenFlags.O_RDWR, 0);
  }

  /**
   * Starts a monitor and sends it the request. Its reports tell what came of it: PID, then RUNNING
   * or ERROR, then EXIT; the caller receives them, closes what is returned and reaps it.
   */
  public Launched start(LaunchRequest request) {
    if (spared) {
      request.notSpared();
    }
    Frame frame = request.frame();
    byte[] bytes = frame.encoded();
    // What surely fits into the socket's buffer is there when the launcher wants it.
    boolean early = bytes.length <= FITS;
    SocketCalls.Pair control = SocketCalls.pair(SocketCalls.SOCK_STREAM);
    Launched launched;
    try {
      if (early) {
        SocketCalls.sendFully(control.first(), bytes);
      }
      int monitor = spawn(request, frame, control.second());
      launched = new Launched(frame, control.first(), monitor);
    } catch (RuntimeException e) {
      control.close();
      throw e;
    }
    try {
      if (!early) {
        SocketCalls.sendFully(control.first(), bytes);
      }
      if (frame.isDetached()) {
        // What was spawned only hands over to the monitor: nobody here could reap that later.
        launched.reap();
      }
      return launched;
    } catch (RuntimeException e) {
      launched.close();
      launched.reap();
      throw e;
    }
  }

  /** A service that the kernel is told to spare would hand that on to whatever it starts. */
  private static boolean isNegative(Path score) {
    try {
      return Files.readString(score).startsWith("-");
    } catch (IOException e) {
      return false; // a kernel without it spares nobody
    }
  }

  /** The far end is closed here at once: only the monitor's death may end the connection. */
  private int spawn(LaunchRequest request, Frame frame, Fd control) {
    try (control) {
      List<Fd> descriptors = new ArrayList<>(request.standardDescriptors(nullDevice));
      descriptors.add(control);
      descriptors.addAll(frame.descriptors());
      return binary.spawn(List.of("jollyboat", "run"), descriptors);
    }
  }

  @Override
  public void close() {
    nullDevice.close();
  }
}
