package io.jollyboat.linux.security;

import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.FileStat;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.OpenFlags;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Devices of this machine, to be given to containers. */
public final class HostDevices {
  private static final Path DEV = Path.of("/dev");

  /** A container has its own of these, or none. */
  private static final Set<String> LEFT_OUT =
      Set.of("pts", "shm", "mqueue", "fd", "console", "ptmx", "hugepages");

  private HostDevices() {}

  /**
   * The device at a path, links followed, or all that lie below a directory.
   *
   * @param container where it is, or they are, in the container
   * @throws IllegalArgumentException if there is none
   */
  public static List<DeviceNode> at(Path host, String container) {
    try {
      Path real = host.toRealPath();
      if (!Files.isDirectory(real)) {
        return List.of(
            node(real, container)
                .orElseThrow(() -> new IllegalArgumentException(host + " is not a device")));
      }
      List<DeviceNode> found = below(real, container, Set.of());
      if (found.isEmpty()) {
        throw new IllegalArgumentException("there is no device below " + host);
      }
      return found;
    } catch (IOException | UncheckedIOException e) {
      throw new IllegalArgumentException(
          "cannot give the device " + host + " to a container: " + e, e);
    }
  }

  /** All that this machine has in /dev. */
  public static List<DeviceNode> all() {
    try {
      return below(DEV, DEV.toString(), LEFT_OUT);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the devices in /dev", e);
    }
  }

  private static List<DeviceNode> below(Path directory, String container, Set<String> leftOut)
      throws IOException {
    List<DeviceNode> found = new ArrayList<>();
    List<Path> entries;
    try (Stream<Path> each = Files.list(directory)) {
      entries = each.sorted().toList();
    }
    for (Path entry : entries) {
      String name = String.valueOf(entry.getFileName());
      String inside = container + "/" + name;
      if (leftOut.contains(name)) {
        continue;
      }
      if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
        found.addAll(below(entry, inside, Set.of()));
      } else {
        node(entry, inside).ifPresent(found::add);
      }
    }
    return found;
  }

  private static FileStat stat(Path file) {
    try (Fd fd = FileCalls.open(file.toString(), OpenFlags.O_PATH | OpenFlags.O_NOFOLLOW, 0)) {
      return FileCalls.stat(fd);
    }
  }

  /** Device 0:0 is how overlays mark what is gone. */
  private static Optional<DeviceNode> node(Path host, String container) {
    FileStat stat;
    try {
      stat = stat(host);
    } catch (KernelException e) {
      return Optional.empty(); // gone since it was listed
    }
    boolean device = stat.isCharacterDevice() || stat.isBlockDevice();
    if (!device || stat.specialDevice() == 0) {
      return Optional.empty();
    }
    return Optional.of(
        new DeviceNode(
            container,
            host.toString(),
            stat.isBlockDevice() ? 'b' : 'c',
            (int) (stat.specialDevice() >>> 32),
            (int) stat.specialDevice(),
            stat.permissions(),
            stat.uid(),
            stat.gid()));
  }
}
