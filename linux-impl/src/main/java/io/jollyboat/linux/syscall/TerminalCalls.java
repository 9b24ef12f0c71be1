package io.jollyboat.linux.syscall;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Calls on terminals (ioctl_tty(2)). Safe for use by several threads. */
public final class TerminalCalls {

  private static final long TIOCGWINSZ = 0x5413;
  private static final long TIOCSWINSZ = 0x5414;
  private static final int WINSIZE = 8;

  static {
    NativeAccess.register(TerminalCalls.class);
  }

  private TerminalCalls() {}

  /** Sets the size in characters; the terminal's foreground processes get SIGWINCH. */
  public static void resize(Fd terminal, int rows, int columns) {
    byte[] size =
        ByteBuffer.allocate(WINSIZE)
            .order(ByteOrder.nativeOrder())
            .putShort((short) rows)
            .putShort((short) columns)
            .array();
    int done =
        terminal.held(
            number -> Errno.check(ioctl(number, TIOCSWINSZ, size), "resize", terminal.toString()));
    assert done == 0;
  }

  /** Rows and columns. */
  public record Size(int rows, int columns) {}

  /** Empty for what is no terminal. */
  public static Optional<Size> size(Fd terminal) {
    byte[] size = new byte[WINSIZE];
    if (terminal.held(fd -> ioctl(fd, TIOCGWINSZ, size)) < 0) {
      return Optional.empty();
    }
    ByteBuffer numbers = ByteBuffer.wrap(size).order(ByteOrder.nativeOrder());
    return Optional.of(
        new Size(
            Short.toUnsignedInt(numbers.getShort(0)), Short.toUnsignedInt(numbers.getShort(2))));
  }

  private static native int ioctl(int fd, long request, byte[] argument);
}
