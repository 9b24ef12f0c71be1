package io.jollyboat.engine;

import io.jollyboat.DeviceLimits;
import io.jollyboat.Resources;
import io.jollyboat.Size;
import io.jollyboat.linux.cgroup.BlockDevice;
import io.jollyboat.linux.cgroup.CgroupLimits;
import io.jollyboat.linux.cgroup.IoLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** From what a user asks for to what the kernel is told. */
final class ContainerLimits {
  private static final int FORMAT = 0170000;
  private static final int BLOCK_DEVICE = 0060000;

  private ContainerLimits() {}

  /**
   * @throws IllegalArgumentException when what is asked for does not fit together, or a device is
   *     none
   */
  static CgroupLimits of(Resources asked) {
    CgroupLimits limits = memory(asked);
    limits = processors(asked, limits);
    if (asked.pids().isPresent()) {
      limits = limits.withPids(asked.pids().getAsInt());
    }
    if (asked.ioWeight().isPresent()) {
      limits = limits.withIoWeight(asked.ioWeight().getAsInt());
    }
    for (Map.Entry<Path, DeviceLimits> device : asked.devices().entrySet()) {
      limits = limits.withIo(blockDevice(device.getKey()), io(device.getValue()));
    }
    for (Map.Entry<Size, Size> pages : asked.hugePages().entrySet()) {
      limits = limits.withHugePages(pages.getKey().bytes(), pages.getValue().bytes());
    }
    return limits;
  }

  /**
   * @throws IllegalArgumentException as {@link #of} does
   */
  static void check(Resources asked) {
    CgroupLimits unused = of(asked);
  }

  /** Without a word about swap there is none beside a limit of memory. */
  private static CgroupLimits memory(Resources asked) {
    CgroupLimits limits = CgroupLimits.DEFAULT;
    Optional<Size> memory = asked.memory();
    requireMemory(asked);
    if (memory.isPresent()) {
      long bytes = memory.get().bytes();
      limits = limits.withMemory(bytes).withMemoryAndSwap(total(asked.swap(), bytes));
    }
    if (asked.memoryReservation().isPresent()) {
      limits = limits.withMemoryReservation(asked.memoryReservation().get().bytes());
    }
    if (asked.swappiness().isPresent()) {
      limits = limits.withSwappiness(asked.swappiness().getAsInt());
    }
    return asked.waitsForMemory() ? limits.withoutOutOfMemoryKills() : limits;
  }

  private static void requireMemory(Resources asked) {
    Optional<Size> memory = asked.memory();
    if (memory.isEmpty() && asked.swap().size().isPresent()) {
      throw new IllegalArgumentException(
          "a limit of swap is beside one of memory: add memory(...) to it");
    }
    if (memory.isEmpty() && asked.waitsForMemory()) {
      throw new IllegalArgumentException(
          "processes that wait for memory without a limit of it would wait for the machine's: add"
              + " memory(...)");
    }
    Optional<Size> reserved = asked.memoryReservation();
    if (memory.isPresent() && reserved.isPresent() && reserved.get().compareTo(memory.get()) > 0) {
      throw new IllegalArgumentException(
          "a memory reservation of "
              + reserved.get()
              + " is more than the limit of "
              + memory.get());
    }
  }

  private static long total(Resources.Swap swap, long memory) {
    if (swap.size().isPresent()) {
      return Math.addExact(memory, swap.size().get().bytes());
    }
    return swap.asked() ? -1 : memory;
  }

  private static CgroupLimits processors(Resources asked, CgroupLimits start) {
    CgroupLimits limits = start;
    if (asked.cpus().isPresent() && asked.cpuQuota().isPresent()) {
      throw new IllegalArgumentException(
          "cpus and cpuQuota say the same in two ways: leave one of them out");
    }
    if (asked.cpus().isPresent()) {
      limits = limits.withCpus(asked.cpus().getAsDouble());
    }
    if (asked.cpuQuota().isPresent()) {
      Resources.CpuQuota quota = asked.cpuQuota().get();
      limits = limits.withCpuTime(microseconds(quota.quota()), microseconds(quota.period()));
    }
    if (asked.cpuShares().isPresent()) {
      limits = limits.withCpuShares(asked.cpuShares().getAsInt());
    }
    if (asked.cpuset().isPresent()) {
      limits = limits.withCpuset(asked.cpuset().get());
    }
    return asked.memoryNodes().isPresent()
        ? limits.withMemoryNodes(asked.memoryNodes().get())
        : limits;
  }

  /** How many processors' worth of time, where that is limited. */
  static Optional<Double> processorTime(Resources asked) {
    if (asked.cpus().isPresent()) {
      return Optional.of(asked.cpus().getAsDouble());
    }
    return asked
        .cpuQuota()
        .map(quota -> (double) quota.quota().toNanos() / quota.period().toNanos());
  }

  private static long microseconds(Duration time) {
    return time.toNanos() / 1000;
  }

  private static IoLimits io(DeviceLimits asked) {
    return new IoLimits(
        asked.weight(),
        bytes(asked.readBytes()),
        bytes(asked.writeBytes()),
        asked.readOperations(),
        asked.writeOperations());
  }

  private static OptionalLong bytes(Optional<Size> size) {
    return size.isPresent() ? OptionalLong.of(size.get().bytes()) : OptionalLong.empty();
  }

  private static BlockDevice blockDevice(Path path) {
    try {
      int mode = (int) Files.getAttribute(path, "unix:mode");
      if ((mode & FORMAT) != BLOCK_DEVICE) {
        throw new IllegalArgumentException(path + " is no block device: name one below /dev");
      }
      long numbers = (long) Files.getAttribute(path, "unix:rdev");
      // As glibc packs them: 12 and 20 bits, the upper parts of both in the upper half.
      int major = (int) (((numbers >> 8) & 0xfff) | ((numbers >> 32) & ~0xfffL));
      int minor = (int) ((numbers & 0xff) | ((numbers >> 12) & ~0xffL));
      return new BlockDevice(major, minor);
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException("there is no device " + path, e);
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot look at device " + path + ": " + e, e);
    }
  }
}
