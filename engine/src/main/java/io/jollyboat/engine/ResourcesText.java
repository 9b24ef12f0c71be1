package io.jollyboat.engine;

import io.jollyboat.DeviceLimits;
import io.jollyboat.Resources;
import io.jollyboat.Size;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** The text form of resources. */
final class ResourcesText {
  private ResourcesText() {}

  private static final TextForm<DeviceLimits> DEVICE =
      new TextForm<DeviceLimits>()
          .word("read", d -> bytes(d.readBytes()), (d, w) -> d.readBytes(size(w)))
          .word("write", d -> bytes(d.writeBytes()), (d, w) -> d.writeBytes(size(w)))
          .word(
              "reads",
              d -> boxed(d.readOperations()),
              (d, w) -> d.readOperations(Long.parseLong(w)))
          .word(
              "writes",
              d -> boxed(d.writeOperations()),
              (d, w) -> d.writeOperations(Long.parseLong(w)))
          .word("weight", d -> boxed(d.weight()), (d, w) -> d.weight(Integer.parseInt(w)));

  static final TextForm<Resources> FORM =
      new TextForm<Resources>()
          .word("memory", r -> bytes(r.memory()), (r, w) -> r.memory(size(w)))
          .word(
              "reservation",
              r -> bytes(r.memoryReservation()),
              (r, w) -> r.memoryReservation(size(w)))
          .word("swap", r -> bytes(r.swap().size()), (r, w) -> r.swap(size(w)))
          .flag(
              "unlimited-swap",
              r -> r.swap().asked() && r.swap().size().isEmpty(),
              Resources::unlimitedSwap)
          .word(
              "swappiness", r -> boxed(r.swappiness()), (r, w) -> r.swappiness(Integer.parseInt(w)))
          .flag("oom-kill-disabled", Resources::waitsForMemory, Resources::oomKillDisabled)
          .word("oom-score", r -> boxed(r.oomScore()), (r, w) -> r.oomScore(Integer.parseInt(w)))
          .word("cpus", r -> boxed(r.cpus()), (r, w) -> r.cpus(Double.parseDouble(w)))
          .word("shares", r -> boxed(r.cpuShares()), (r, w) -> r.cpuShares(Integer.parseInt(w)))
          .words(
              "quota",
              r ->
                  r.cpuQuota()
                      .map(quota -> List.of(quota.quota().toString(), quota.period().toString())),
              (r, w) -> r.cpuQuota(Duration.parse(w.get(0)), Duration.parse(w.get(1))))
          .word("cpuset", Resources::cpuset, Resources::cpuset)
          .word("memory-nodes", Resources::memoryNodes, Resources::memoryNodes)
          .word("pids", r -> boxed(r.pids()), (r, w) -> r.pids(Integer.parseInt(w)))
          .word("io-weight", r -> boxed(r.ioWeight()), (r, w) -> r.ioWeight(Integer.parseInt(w)))
          .each("device", ResourcesText::devices, ResourcesText::device)
          .each(
              "huge-pages",
              ResourcesText::hugePages,
              (r, w) -> r.hugePages(size(w.get(0)), size(w.get(1))))
          .word("in", r -> bytes(r.bandwidthIn()), (r, w) -> r.bandwidthIn(size(w)))
          .word("out", r -> bytes(r.bandwidthOut()), (r, w) -> r.bandwidthOut(size(w)));

  /** A device is a path, and its limits a text within the text. */
  private static Collection<List<String>> devices(Resources resources) {
    List<List<String>> lines = new ArrayList<>();
    resources
        .devices()
        .forEach((path, limits) -> lines.add(List.of(path.toString(), DEVICE.print(limits))));
    return lines;
  }

  private static Resources device(Resources resources, List<String> words) {
    DeviceLimits limits = DEVICE.read(DeviceLimits.none(), words.get(1));
    return resources.device(Path.of(words.get(0)), limits);
  }

  private static Collection<List<String>> hugePages(Resources resources) {
    List<List<String>> lines = new ArrayList<>();
    resources.hugePages().forEach((page, limit) -> lines.add(List.of(bytes(page), bytes(limit))));
    return lines;
  }

  static Optional<String> bytes(Optional<Size> size) {
    return size.map(ResourcesText::bytes);
  }

  private static String bytes(Size size) {
    return Long.toString(size.bytes());
  }

  static Size size(String word) {
    return new Size(Long.parseLong(word));
  }

  private static Optional<Integer> boxed(OptionalInt number) {
    return number.isPresent() ? Optional.of(number.getAsInt()) : Optional.empty();
  }

  private static Optional<Long> boxed(OptionalLong number) {
    return number.isPresent() ? Optional.of(number.getAsLong()) : Optional.empty();
  }

  private static Optional<Double> boxed(OptionalDouble number) {
    return number.isPresent() ? Optional.of(number.getAsDouble()) : Optional.empty();
  }
}
