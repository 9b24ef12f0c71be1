package io.jollyboat.linux.syscall;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Calls on terminals (ioctl_tty(2)). Safe for use by several threads. */
public final class TerminalCalls {

  private static final long TIOCSWINSZ = 0x5414;

  static {
    NativeAccess.register(TerminalCalls.class);
  }

  private TerminalCalls() {}

  /** Sets the size in characters; the terminal's foreground processes get SIGWINCH. */
  public static void resize(Fd terminal, int rows, int columns) {
    byte[] size =
        ByteBuffer.allocate(8)
            .order(ByteOrder.nativeOrder())
            .putShort((short) rows)
            .putShort((short) columns)
            .array();
    int done =
        terminal.held(
            number -> Errno.check(ioctl(number, TIOCSWINSZ, size), "resize", terminal.toString()));
    assert done == 0;
  }

  private static native int ioctl(int fd, long request, byte[] argument);
}
