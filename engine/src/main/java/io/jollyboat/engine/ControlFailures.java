package io.jollyboat.engine;

import io.jollyboat.ContainerException;
import io.jollyboat.linux.cgroup.CgroupException;
import io.jollyboat.linux.syscall.KernelException;
import java.util.OptionalInt;

/** What the kernel refuses while a container is changed, in the words of the API. */
final class ControlFailures {
  private ControlFailures() {}

  /**
   * @param doing as in {@code cannot <doing> container web}
   */
  static void clear(String name, String doing, Runnable change) {
    try {
      change.run();
    } catch (KernelException e) {
      throw failure(name, doing, OptionalInt.of(e.errno().number()), e);
    } catch (CgroupException | IllegalArgumentException e) {
      throw failure(name, doing, OptionalInt.empty(), e);
    }
  }

  private static ContainerException failure(
      String name, String doing, OptionalInt errno, RuntimeException cause) {
    return new ContainerException(
        "cannot " + doing + " container " + name + ": " + cause.getMessage(),
        doing,
        errno,
        "",
        cause);
  }
}
