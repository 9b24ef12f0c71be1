package io.jollyboat.linux.process;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.FileStat;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.OpenFlags;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A lock of flock(2) that lasts as long as anybody has its descriptor: closing it here does not
 * release it where a monitor holds it, by {@link ProcessRequest#hold}, and the kernel does when
 * that is killed. Safe for use by several threads.
 */
public final class InheritedLock implements AutoCloseable {

  private final Fd file;

  private InheritedLock(Fd file) {
    this.file = file;
  }

  /** Takes the lock alone, or nothing at once when anybody has it. The file is made if missing. */
  public static Optional<InheritedLock> tryExclusive(Path file) {
    return take(file, FileCalls.LOCK_EX);
  }

  /** Takes the lock with others, or nothing at once when somebody has it alone. */
  public static Optional<InheritedLock> tryShared(Path file) {
    return take(file, FileCalls.LOCK_SH);
  }

  private static Optional<InheritedLock> take(Path file, int kind) {
    Fd fd = FileCalls.open(file.toString(), OpenFlags.O_RDWR | OpenFlags.O_CREAT, 0600);
    try {
      if (FileCalls.flock(fd, kind | FileCalls.LOCK_NB)) {
        return Optional.of(new InheritedLock(fd));
      }
      fd.close();
      return Optional.empty();
    } catch (RuntimeException e) {
      fd.close();
      throw e;
    }
  }

  /**
   * Whether the file that is locked still has its name: it was not deleted before it was locked.
   */
  public boolean isOf(Path path) {
    try {
      FileStat named = FileCalls.statx(FileCalls.AT_FDCWD, path.toString(), 0);
      FileStat locked = FileCalls.stat(file);
      return named.inode() == locked.inode() && named.device() == locked.device();
    } catch (KernelException e) {
      if (e.is(Errno.ENOENT)) {
        return false;
      }
      throw e;
    }
  }

  /** For {@link ProcessRequest#hold}. */
  public Fd descriptor() {
    return file;
  }

  @Override
  public void close() {
    file.close();
  }
}
