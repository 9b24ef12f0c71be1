package io.jollyboat.linux.launcher;

import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.OpenFlags;
import io.jollyboat.linux.syscall.SocketCalls;
import java.util.ArrayList;
import java.util.List;

/** Starts monitors. Safe for use by several threads. */
public final class Launcher implements AutoCloseable {

  private static final int FITS = 1 << 16;

  private final LauncherBinary binary;
  private final Fd nullDevice;

  /** Uses {@code binary}, which stays the caller's to close. */
  public Launcher(LauncherBinary binary) {
    this.binary = binary;
    this.nullDevice = FileCalls.open("/dev/null", OpenFlags.O_RDWR, 0);
  }

  /**
   * Starts a monitor and sends it the request. Its reports tell what came of it: PID, then RUNNING
   * or ERROR, then EXIT; the caller receives them, closes what is returned and reaps it.
   */
  public Launched start(LaunchRequest request) {
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
