package io.jollyboat.linux.syscall;

import org.jspecify.annotations.Nullable;

/**
 * Calls that create a file system that no namespace holds: it exists only as a descriptor, and is
 * gone with it. Safe for use by several threads.
 */
public final class FileSystemCalls {
  private static final int FSOPEN_CLOEXEC = 1;
  private static final int FSMOUNT_CLOEXEC = 1;
  private static final int FSCONFIG_SET_FLAG = 0;
  private static final int FSCONFIG_SET_STRING = 1;
  private static final int FSCONFIG_CMD_CREATE = 6;
  private static final int MESSAGE_SIZE = 512;

  static {
    NativeAccess.register(FileSystemCalls.class);
  }

  private FileSystemCalls() {}

  /** fsopen(2). */
  public static Fd open(String type) {
    long fd = syscall(SyscallNumber.FSOPEN, CString.of(type), FSOPEN_CLOEXEC);
    return new Fd((int) Errno.check(fd, "fsopen", type));
  }

  /** fsconfig(2) of an option with a text; at most 255 bytes. */
  public static void option(Fd context, String key, String value) {
    long result =
        syscall(
            SyscallNumber.FSCONFIG,
            context.number(),
            FSCONFIG_SET_STRING,
            CString.of(key),
            CString.of(value),
            0);
    check(result, context, "fsconfig " + key + "=" + value);
  }

  /** fsconfig(2) of an option that is there or not. */
  public static void flag(Fd context, String key) {
    long result =
        syscall(
            SyscallNumber.FSCONFIG, context.number(), FSCONFIG_SET_FLAG, CString.of(key), null, 0);
    check(result, context, "fsconfig " + key);
  }

  /** fsconfig(2) that creates the file system. */
  public static void create(Fd context) {
    long result =
        syscall(SyscallNumber.FSCONFIG, context.number(), FSCONFIG_CMD_CREATE, null, null, 0);
    check(result, context, "fsconfig create");
  }

  /**
   * fsmount(2).
   *
   * @param attributes {@code MOUNT_ATTR_RDONLY} and so on
   */
  public static Fd mount(Fd context, int attributes) {
    long fd = syscall(SyscallNumber.FSMOUNT, context.number(), FSMOUNT_CLOEXEC, attributes);
    check(fd, context, "fsmount");
    return new Fd((int) fd);
  }

  /** What the kernel says about the last failure can be read from the context. */
  private static void check(long result, Fd context, String call) {
    if (result < 0) {
      Errno errno = Errno.last();
      byte[] message = new byte[MESSAGE_SIZE];
      long length = read(context.number(), message, message.length);
      String text = length > 2 ? Names.decode(message, 2, (int) length - 2).strip() : "";
      throw new KernelException(call, text, errno);
    }
  }

  private static native long syscall(long number, byte[] type, int flags);

  private static native long syscall(
      long number,
      int context,
      int command,
      byte @Nullable [] key,
      byte @Nullable [] value,
      int aux);

  private static native long syscall(long number, int context, int flags, int attributes);

  private static native long read(int fd, byte[] buffer, long size);
}
