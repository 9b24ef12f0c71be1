package io.jollyboat.linux.syscall;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Calls on files and descriptors. Safe for use by several threads. */
public final class FileCalls {

  /** Stands for the current directory where a directory descriptor is asked for. */
  public static final int AT_FDCWD = -100;

  public static final int AT_SYMLINK_NOFOLLOW = 0x100;
  public static final int AT_EMPTY_PATH = 0x1000;

  public static final int LOCK_SH = 1;
  public static final int LOCK_EX = 2;
  public static final int LOCK_NB = 4;
  public static final int LOCK_UN = 8;

  private static final int F_GETFL = 3;
  private static final int F_SETFL = 4;
  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int STATX_BASIC_STATS = 0x7ff;
  private static final int STATX_SIZE = 256;
  private static final int STATFS_SIZE = 256;

  static {
    NativeAccess.register(FileCalls.class);
  }

  private FileCalls() {}

  /** A pipe's two ends. */
  public record Pipe(Fd readEnd, Fd writeEnd) implements AutoCloseable {
    @Override
    public void close() {
      readEnd.close();
      writeEnd.close();
    }
  }

  /** open(2), always close-on-exec. */
  public static Fd open(String path, int flags, int mode) {
    byte[] name = CString.of(path);
    return new Fd(retry(() -> open(name, flags | OpenFlags.O_CLOEXEC, mode), "open", path));
  }

  /** openat2(2), always close-on-exec. {@code directory} may be {@link #AT_FDCWD}. */
  public static Fd openat2(int directory, String path, int flags, int mode, long resolve) {
    byte[] name = CString.of(path);
    byte[] how =
        ByteBuffer.allocate(24)
            .order(ByteOrder.nativeOrder())
            .putLong(Integer.toUnsignedLong(flags | OpenFlags.O_CLOEXEC))
            .putLong(mode)
            .putLong(resolve)
            .array();
    return new Fd(
        retry(
            () -> (int) syscall(SyscallNumber.OPENAT2, directory, name, how, how.length),
            "openat2",
            path));
  }

  /** read(2) into the start of {@code buffer}; 0 at the end of the file. */
  public static int read(Fd fd, byte[] buffer) {
    return fd.held(
        number -> retry(() -> (int) read(number, buffer, buffer.length), "read", fd.toString()));
  }

  /** pread(2) into the start of {@code buffer}; 0 at the end of the file. */
  public static int pread(Fd fd, byte[] buffer, long offset) {
    return fd.held(
        number ->
            retry(
                () -> (int) pread(number, buffer, buffer.length, offset), "pread", fd.toString()));
  }

  /** write(2); returns how many bytes were taken. */
  public static int write(Fd fd, byte[] bytes) {
    return fd.held(
        number -> retry(() -> (int) write(number, bytes, bytes.length), "write", fd.toString()));
  }

  /** Writes all of {@code bytes}, in as many calls as it needs. */
  public static void writeFully(Fd fd, byte[] bytes) {
    byte[] rest = bytes;
    while (rest.length > 0) {
      rest = Arrays.copyOfRange(rest, write(fd, rest), rest.length);
    }
  }

  /** pipe2(2), both ends close-on-exec. */
  public static Pipe pipe() {
    int[] ends = new int[2];
    Errno.check(pipe2(ends, OpenFlags.O_CLOEXEC), "pipe2", "");
    return new Pipe(new Fd(ends[0]), new Fd(ends[1]));
  }

  /** A new close-on-exec descriptor for the same open file, numbered {@code least} or higher. */
  public static Fd duplicate(Fd fd, int least) {
    return new Fd(
        fd.held(
            number -> Errno.check(fcntl(number, F_DUPFD_CLOEXEC, least), "dup", fd.toString())));
  }

  /** Sets or clears {@code O_NONBLOCK} of the open file. */
  public static void setNonBlocking(Fd fd, boolean on) {
    int flags = control(fd, F_GETFL, 0);
    control(fd, F_SETFL, on ? flags | OpenFlags.O_NONBLOCK : flags & ~OpenFlags.O_NONBLOCK);
  }

  /** fcntl(2) with a command that takes a number. */
  @CanIgnoreReturnValue
  public static int control(Fd fd, int command, int argument) {
    return fd.held(number -> Errno.check(fcntl(number, command, argument), "fcntl", fd.toString()));
  }

  /** memfd_create(2), with the flags as given. */
  public static Fd memfd(String name, int flags) {
    return new Fd(Errno.check(memfd_create(CString.of(name), flags), "memfd_create", name));
  }

  /**
   * flock(2): the lock belongs to the open file, so two engines in one process exclude each other.
   *
   * @param operation {@code LOCK_SH}, {@code LOCK_EX} or {@code LOCK_UN}, with {@code LOCK_NB}
   * @return false if {@code LOCK_NB} was given and another holds the lock
   */
  public static boolean flock(Fd fd, int operation) {
    int number = fd.number();
    try {
      return retry(() -> flock(number, operation), "flock", fd.toString()) == 0;
    } catch (KernelException e) {
      if ((operation & LOCK_NB) != 0 && e.is(Errno.EAGAIN)) {
        return false;
      }
      throw e;
    }
  }

  /** unlink(2); a file that is not there is no error. */
  public static void unlink(String path) {
    if (unlink(CString.of(path)) < 0 && !Errno.last().equals(Errno.ENOENT)) {
      throw new KernelException("unlink", path, Errno.last());
    }
  }

  /** fsync(2). */
  public static void sync(Fd fd) {
    int number = fd.number();
    retry(() -> fsync(number), "fsync", fd.toString());
  }

  /** statx(2) of an open descriptor, {@code O_PATH} ones too. */
  public static FileStat stat(Fd fd) {
    try (Fd.Hold held = fd.hold()) {
      return statx(held.number(), "", AT_EMPTY_PATH);
    }
  }

  /** statx(2); {@code directory} may be {@link #AT_FDCWD}. */
  public static FileStat statx(int directory, String path, int flags) {
    byte[] found = new byte[STATX_SIZE];
    int result = statx(directory, CString.of(path), flags, STATX_BASIC_STATS, found);
    Errno.check(result, "stat", path.isEmpty() ? "fd " + directory : path);
    return FileStat.of(ByteBuffer.wrap(found));
  }

  /** The magic number of the file system that a descriptor's file is on: statfs(2). */
  public static long fileSystemType(Fd fd) {
    byte[] found = new byte[STATFS_SIZE];
    int result = fd.held(number -> fstatfs(number, found));
    Errno.check(result, "statfs", fd.toString());
    return ByteBuffer.wrap(found).order(ByteOrder.nativeOrder()).getLong(0);
  }

  static void closeNumber(int number) {
    close(number);
  }

  /** A call that may be interrupted by a signal. */
  interface Call {
    int run();
  }

  /** Repeats {@code call} while a signal interrupts it. */
  static int retry(Call call, String name, String what) {
    while (true) {
      int result = call.run();
      if (result >= 0) {
        return result;
      }
      Errno errno = Errno.last();
      if (!errno.equals(Errno.EINTR)) {
        throw new KernelException(name, what, errno);
      }
    }
  }

  private static native int open(byte[] path, int flags, int mode);

  private static native int close(int fd);

  private static native long read(int fd, byte[] buffer, long length);

  private static native long pread(int fd, byte[] buffer, long length, long offset);

  private static native long write(int fd, byte[] buffer, long length);

  private static native int pipe2(int[] ends, int flags);

  private static native int fcntl(int fd, int command, long argument);

  private static native int memfd_create(byte[] name, int flags);

  private static native int flock(int fd, int operation);

  private static native int unlink(byte[] path);

  private static native int fsync(int fd);

  private static native int fstatfs(int fd, byte[] statfs);

  private static native int statx(int directory, byte[] path, int flags, int mask, byte[] stat);

  private static native long syscall(
      long number, long directory, byte[] path, byte[] how, long size);
}
