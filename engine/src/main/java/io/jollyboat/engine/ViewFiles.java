package io.jollyboat.engine;

import io.jollyboat.Size;
import io.jollyboat.Stats;
import io.jollyboat.StoreException;
import io.jollyboat.linux.cgroup.CgroupUsage;
import io.jollyboat.linux.cgroup.MachineView;
import io.jollyboat.linux.rootfs.ContainerMount;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The files of one limited container that lie over those of the machine. They are written in place,
 * by one write each: a bind mount shows the file that it was made of, whatever takes its name
 * later. Safe for use by several threads.
 */
final class ViewFiles {
  private static final Set<PosixFilePermission> READABLE =
      PosixFilePermissions.fromString("rw-r--r--");
  private static final Set<String> OF_PROCESSORS = Set.of("cpuinfo", "stat", "online");
  private static final Map<String, String> ALL =
      Map.of(
          "meminfo", "/proc/meminfo",
          "cpuinfo", "/proc/cpuinfo",
          "stat", "/proc/stat",
          "online", "/sys/devices/system/cpu/online",
          "uptime", "/proc/uptime");
  private static final Size NOTHING = new Size(0);
  private static final Stats.Cpu IDLE =
      new Stats.Cpu(Duration.ZERO, Duration.ZERO, Duration.ZERO, 0, 0, Duration.ZERO);

  private final MachineView machine;
  private final Path directory;
  private final Map<String, String> targets;
  private final long start;
  private volatile Allotment allotment;

  private ViewFiles(
      MachineView machine,
      Path directory,
      Allotment allotment,
      Map<String, String> targets,
      Duration age) {
    this.start = System.nanoTime() - age.toNanos();
    this.machine = machine;
    this.directory = directory;
    this.allotment = allotment;
    this.targets = targets;
  }

  /**
   * Makes the files of a container that is about to start; nothing where it is not limited.
   *
   * @param taken what the user mounts: that wins
   */
  static Optional<ViewFiles> make(
      MachineView machine, Path directory, Allotment allotment, Set<String> taken) {
    Map<String, String> targets = new TreeMap<>(ALL);
    if (!allotment.limitsMemory()) {
      targets.remove("meminfo");
    }
    if (!allotment.limitsProcessors()) {
      targets.keySet().removeAll(OF_PROCESSORS);
    }
    targets.values().removeAll(taken);
    if (targets.isEmpty()) {
      return Optional.empty();
    }
    ViewFiles files = new ViewFiles(machine, directory, allotment, targets, Duration.ZERO);
    files.makeAll();
    return Optional.of(files);
  }

  /**
   * Those of a container that an earlier engine has started; nothing where it made none.
   *
   * @param age of the container
   */
  static Optional<ViewFiles> find(
      MachineView machine, Path directory, Allotment allotment, Duration age) {
    Map<String, String> targets = new TreeMap<>(ALL);
    targets.keySet().removeIf(name -> !Files.exists(directory.resolve(name)));
    return targets.isEmpty()
        ? Optional.empty()
        : Optional.of(new ViewFiles(machine, directory, allotment, targets, age));
  }

  List<ContainerMount> mounts() {
    return targets.entrySet().stream()
        .map(file -> ContainerMount.bind(directory.resolve(file.getKey()), file.getValue(), true))
        .toList();
  }

  /** What the container has used by now. */
  void show(CgroupUsage usage) {
    replace(changing(usage.memory(), usage.cpu(), usage.pids().current()));
  }

  /** Other limits from now on. */
  void reshape(Allotment changed) {
    allotment = changed;
    replace(fixed());
  }

  private void makeAll() {
    Size limit =
        new Size(Math.min(machine.memory(), allotment.limits().memory().orElse(Long.MAX_VALUE)));
    Stats.Memory memory = new Stats.Memory(NOTHING, NOTHING, NOTHING, limit, NOTHING, 0, Map.of());
    Map<String, String> all = fixed();
    all.putAll(changing(memory, IDLE, 1));
    for (String name : targets.keySet()) {
      Path file = directory.resolve(name);
      try {
        Files.writeString(file, all.getOrDefault(name, ""));
        Files.setPosixFilePermissions(file, READABLE); // whatever this process's umask is
      } catch (IOException e) {
        throw new StoreException("cannot write " + file + ": " + e, e);
      }
    }
  }

  private Map<String, String> fixed() {
    Map<String, String> texts = new TreeMap<>();
    if (targets.containsKey("cpuinfo")) {
      texts.put("cpuinfo", machine.cpuinfo(allotment.visible()));
    }
    if (targets.containsKey("online")) {
      texts.put("online", machine.online(allotment.visible()));
    }
    return texts;
  }

  private Map<String, String> changing(Stats.Memory memory, Stats.Cpu cpu, long processes) {
    Map<String, String> texts = new TreeMap<>();
    Duration up = Duration.ofNanos(System.nanoTime() - start);
    if (targets.containsKey("meminfo")) {
      texts.put("meminfo", machine.meminfo(memory, allotment.swap()));
    }
    if (targets.containsKey("stat")) {
      texts.put("stat", machine.stat(allotment.visible(), up, cpu, processes));
    }
    if (targets.containsKey("uptime")) {
      texts.put("uptime", machine.uptime(allotment.visible(), up, cpu));
    }
    return texts;
  }

  private void replace(Map<String, String> texts) {
    texts.forEach(
        (name, text) -> {
          Path file = directory.resolve(name);
          byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
          try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.wrap(bytes));
            if (out.size() > bytes.length) {
              out.truncate(bytes.length);
            }
          } catch (NoSuchFileException e) {
            return; // the container is being removed
          } catch (IOException e) {
            throw new StoreException("cannot write " + file + ": " + e, e);
          }
        });
  }
}
