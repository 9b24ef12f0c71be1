package io.jollyboat.linux.rootfs;

import io.jollyboat.JollyboatException;
import io.jollyboat.StoreException;
import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.KernelException;
import java.io.IOException;
import java.util.Set;

/**
 * Turns what the kernel refused into what it means: a disk's or a user's limits, or a name in a
 * tree that cannot be what somebody wanted it to be.
 */
final class TreeFailures {
  private static final Errno EXHAUSTED_QUOTA = new Errno(122);
  private static final Errno FILES_IN_SYSTEM = new Errno(23);
  private static final Set<Errno> OF_THE_MACHINE =
      Set.of(
          Errno.ENOSPC,
          EXHAUSTED_QUOTA,
          FILES_IN_SYSTEM,
          Errno.EIO,
          Errno.EROFS,
          Errno.ENOMEM,
          Errno.EMFILE,
          Errno.EACCES,
          Errno.EPERM,
          Errno.EOPNOTSUPP);

  private TreeFailures() {}

  /** For a failure that the tree's own entries may have caused. */
  static IOException of(String path, KernelException e) {
    if (OF_THE_MACHINE.contains(e.errno())) {
      throw ofMachine(path, e);
    }
    return new IOException(path + ": " + e.getMessage(), e);
  }

  /** For a failure that only the machine can have caused. */
  static JollyboatException ofMachine(String path, KernelException e) {
    String message = "a layer's file " + path + " cannot be written or read: " + e.getMessage();
    return new StoreException(message, e);
  }
}
