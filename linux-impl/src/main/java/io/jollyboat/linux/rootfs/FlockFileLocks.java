package io.jollyboat.linux.rootfs;

import io.jollyboat.InterruptedOperationException;
import io.jollyboat.StoreException;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.OpenFlags;
import io.jollyboat.spi.host.FileLocks;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Locks by flock(2). A waiting thread asks again after growing pauses of at most ten milliseconds:
 * a call that blocks in the kernel could not be interrupted. Safe for use by several threads.
 */
public final class FlockFileLocks implements FileLocks {
  private static final Duration FIRST_PAUSE = Duration.ofNanos(100_000);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(10);

  @Override
  public Lock exclusive(Path file) {
    return await(file, FileCalls.LOCK_EX);
  }

  @Override
  public Lock shared(Path file) {
    return await(file, FileCalls.LOCK_SH);
  }

  @Override
  public Optional<Lock> tryExclusive(Path file) {
    Fd fd = open(file);
    if (take(fd, file, FileCalls.LOCK_EX)) {
      return Optional.of(new Held(fd));
    }
    fd.close();
    return Optional.empty();
  }

  private static Lock await(Path file, int kind) {
    Fd fd = open(file);
    try {
      Duration pause = FIRST_PAUSE;
      while (!take(fd, file, kind)) {
        Thread.sleep(pause.toMillis(), pause.toNanosPart() % 1_000_000);
        Duration longer = pause.multipliedBy(2);
        pause = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
      }
      return new Held(fd);
    } catch (InterruptedException e) {
      fd.close();
      Thread.currentThread().interrupt();
      throw new InterruptedOperationException("interrupted while waiting for the lock " + file, e);
    }
  }

  private static Fd open(Path file) {
    try {
      return FileCalls.open(file.toString(), OpenFlags.O_RDWR | OpenFlags.O_CREAT, 0600);
    } catch (KernelException e) {
      throw failed(file, e);
    }
  }

  private static boolean take(Fd fd, Path file, int kind) {
    try {
      return FileCalls.flock(fd, kind | FileCalls.LOCK_NB);
    } catch (KernelException e) {
      fd.close();
      throw failed(file, e);
    }
  }

  private static StoreException failed(Path file, KernelException e) {
    return new StoreException("the lock " + file + " cannot be taken: " + e.getMessage(), e);
  }

  private static final class Held implements Lock {
    private final Fd fd;

    private Held(Fd fd) {
      this.fd = fd;
    }

    @Override
    public synchronized void close() {
      if (fd.isOpen()) {
        // Unlocked by name: a child that is just being started may share the open file for a
        // moment.
        FileCalls.flock(fd, FileCalls.LOCK_UN);
        fd.close();
      }
    }
  }
}
