package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.OpenFlags;
import io.jollyboat.linux.syscall.TreeCalls;
import java.io.IOException;
import java.util.Set;

/**
 * File systems that the kernel makes up. To read a file there acts, waits or never ends, so none is
 * opened for somebody who asked for a container's files: /proc/kmsg is the machine's.
 */
final class KernelFiles {
  /** proc, sysfs, cgroup, cgroup2, devpts, mqueue, debugfs, tracefs, securityfs, bpf, pstore. */
  private static final Set<Long> TYPES =
      Set.of(
          0x9fa0L,
          0x6265_6572L,
          0x27_e0ebL,
          0x6367_7270L,
          0x1cd1L,
          0x1980_0202L,
          0x6462_6720L,
          0x7472_6163L,
          0x7363_6673L,
          0xcafe_4a11L,
          0x6165_676cL);

  private KernelFiles() {}

  static boolean hold(Fd file) {
    return TYPES.contains(FileCalls.fileSystemType(file));
  }

  /**
   * Opens a name for reading if it is a regular file, without opening it first: to open a device or
   * a FIFO would act or wait.
   */
  static Fd openRegular(Fd directory, String name, String path) throws IOException {
    try (Fd found = TreeCalls.open(directory, name, OpenFlags.O_PATH)) {
      if (!FileCalls.stat(found).isRegular() || hold(found)) {
        throw new IOException(path + " is no file of the container's");
      }
      return FileCalls.open(found.path(), OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK, 0);
    } catch (KernelException e) {
      if (e.is(Errno.ENOENT) || e.is(Errno.ELOOP)) {
        throw new IOException(path + " was removed while it was read", e);
      }
      throw e;
    }
  }
}
