package io.jollyboat.engine;

import io.jollyboat.ContainerException;
import io.jollyboat.ContainerId;
import io.jollyboat.Size;
import io.jollyboat.linux.rootfs.RootDisk;
import io.jollyboat.linux.rootfs.RootFileSystem.Writable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where containers write to: directories of the store or, of a container whose root has a size, a
 * file system of its own. Safe for use by several threads.
 */
final class RootDisks {
  private final ContainerDirectory directory;
  private final Map<ContainerId, RootDisk> disks = new ConcurrentHashMap<>();

  RootDisks(ContainerDirectory directory) {
    this.directory = directory;
  }

  /**
   * Makes the file system of a container.
   *
   * @throws ContainerException when it cannot be
   */
  void create(ContainerId id, String name, Size size) {
    Path own = directory.of(id);
    try {
      disks.put(id, RootDisk.create(own.resolve("root.img"), own.resolve("root"), size.bytes()));
    } catch (IOException e) {
      throw new ContainerException(
          "the root of container " + name + " cannot have " + size + ": " + e.getMessage(),
          "limit the root",
          OptionalInt.empty(),
          "",
          e);
    }
  }

  /** As the container has it. */
  Writable writable(ContainerId id) {
    RootDisk disk = disks.get(id);
    Path own = directory.of(id);
    return disk == null
        ? new Writable(own.resolve("upper"), own.resolve("work"))
        : Writable.on(disk);
  }

  /** What a container has written, as this process sees it. */
  Path upper(ContainerId id) {
    return here(id).resolve("upper");
  }

  private Path here(ContainerId id) {
    RootDisk disk = disks.get(id);
    return disk == null ? directory.of(id) : disk.directory();
  }

  /** As {@link ContainerDirectory#renewWork}, wherever the work directory is. */
  void renewWork(ContainerId id) {
    directory.renew(here(id).resolve("work"));
  }

  /** Lets go of a container's file system: its process has ended, its files go next. */
  void close(ContainerId id) {
    RootDisk disk = disks.remove(id);
    if (disk != null) {
      disk.close();
    }
  }
}
