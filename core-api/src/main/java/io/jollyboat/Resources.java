package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * How much of the machine a container gets, at its start and while it runs. What is not said is not
 * limited. A value.
 */
@CheckReturnValue
public final class Resources {
  private final Options options;

  private Resources(Options options) {
    this.options = options;
  }

  /** No limits. */
  public static Resources none() {
    return new Resources(new Options());
  }

  /** The most memory that its processes may hold; swap is not added to it. */
  public Resources memory(Size size) {
    return with(changed -> changed.memory = Optional.of(size));
  }

  /** What it is left with when memory is short on the machine; less than its limit. */
  public Resources memoryReservation(Size size) {
    return with(changed -> changed.memoryReservation = Optional.of(size));
  }

  /** Swap beside its memory; without this none, where memory is limited. */
  public Resources swap(Size size) {
    return with(changed -> changed.swap = Swap.of(size));
  }

  /** As much swap as the machine has. */
  public Resources unlimitedSwap() {
    return with(changed -> changed.swap = Swap.UNLIMITED);
  }

  /** How willingly the kernel swaps it out, 0 to 100; on cgroup v1 only. */
  public Resources swappiness(int percent) {
    if (percent < 0 || percent > 100) {
      throw new IllegalArgumentException("swappiness is 0 to 100, not " + percent);
    }
    return with(changed -> changed.swappiness = OptionalInt.of(percent));
  }

  /** Its processes wait for memory at its limit, and are not killed; on cgroup v1 only. */
  public Resources oomKillDisabled() {
    return with(changed -> changed.oomKillDisabled = true);
  }

  /** How likely the kernel kills it when the machine is out of memory, -1000 to 1000. */
  public Resources oomScore(int score) {
    if (score < -1000 || score > 1000) {
      throw new IllegalArgumentException("an oom score is -1000 to 1000, not " + score);
    }
    return with(changed -> changed.oomScore = OptionalInt.of(score));
  }

  /** The most processor time, in processors: 1.5 is one and a half. */
  public Resources cpus(double cpus) {
    if (!(cpus > 0)) {
      throw new IllegalArgumentException("cpus must be more than 0, not " + cpus);
    }
    return with(changed -> changed.cpus = OptionalDouble.of(cpus));
  }

  /** Its share of processor time beside others when all want it, 2 to 262144; they have 1024. */
  public Resources cpuShares(int shares) {
    if (shares < 2 || shares > 262144) {
      throw new IllegalArgumentException("cpu shares are 2 to 262144, not " + shares);
    }
    return with(changed -> changed.cpuShares = OptionalInt.of(shares));
  }

  /**
   * Processor time in every period, in place of {@link #cpus}.
   *
   * @param quota at least a millisecond
   * @param period a millisecond to a second
   */
  public Resources cpuQuota(Duration quota, Duration period) {
    Duration millisecond = Duration.ofMillis(1);
    if (quota.compareTo(millisecond) < 0
        || period.compareTo(millisecond) < 0
        || period.compareTo(Duration.ofSeconds(1)) > 0) {
      throw new IllegalArgumentException(
          "a quota is at least 1 ms in a period of 1 ms to 1 s, not " + quota + " in " + period);
    }
    return with(changed -> changed.cpuQuota = Optional.of(new CpuQuota(quota, period)));
  }

  /** The processors that it may run on, as {@code 0-2,7}. */
  public Resources cpuset(String cpus) {
    return with(changed -> changed.cpuset = Optional.of(list("processors", cpus)));
  }

  /** The memory nodes that it may use, as {@code 0,1}. */
  public Resources memoryNodes(String nodes) {
    return with(changed -> changed.memoryNodes = Optional.of(list("memory nodes", nodes)));
  }

  private static String list(String what, String text) {
    if (!text.matches("\\d{1,5}(-\\d{1,5})?(,\\d{1,5}(-\\d{1,5})?)*")) {
      throw new IllegalArgumentException(
          what + " are numbers and ranges, as in 0-2,7, not \"" + text + "\"");
    }
    return text;
  }

  /** The most processes and threads at once. */
  public Resources pids(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("a limit of processes must be at least 1, not " + limit);
    }
    return with(changed -> changed.pids = OptionalInt.of(limit));
  }

  /** Its share of every block device's time, 10 to 1000; others have 500. */
  public Resources ioWeight(int weight) {
    return with(changed -> changed.ioWeight = OptionalInt.of(ioShare(weight)));
  }

  static int ioShare(int weight) {
    if (weight < 10 || weight > 1000) {
      throw new IllegalArgumentException("an io weight is 10 to 1000, not " + weight);
    }
    return weight;
  }

  /** What it may do to one block device of this machine. */
  public Resources device(Path blockDevice, DeviceLimits limits) {
    return with(changed -> changed.devices = put(changed.devices, blockDevice, limits));
  }

  /**
   * The most huge pages, in bytes.
   *
   * @param page the size of one, as the kernel offers it
   */
  public Resources hugePages(Size page, Size limit) {
    return with(changed -> changed.hugePages = put(changed.hugePages, page, limit));
  }

  /** What it may receive from its network, bytes a second. */
  public Resources bandwidthIn(Size perSecond) {
    return with(changed -> changed.bandwidthIn = Optional.of(rate(perSecond)));
  }

  /** What it may send to its network, bytes a second. */
  public Resources bandwidthOut(Size perSecond) {
    return with(changed -> changed.bandwidthOut = Optional.of(rate(perSecond)));
  }

  private static Size rate(Size perSecond) {
    if (perSecond.bytes() < 1024) {
      throw new IllegalArgumentException("a bandwidth is at least 1 KiB/s, not " + perSecond);
    }
    return perSecond;
  }

  private static <K, V> Map<K, V> put(Map<K, V> map, K key, V value) {
    Map<K, V> copy = new LinkedHashMap<>(map);
    copy.put(key, value);
    return Collections.unmodifiableMap(copy);
  }

  public Optional<Size> memory() {
    return options.memory;
  }

  public Optional<Size> memoryReservation() {
    return options.memoryReservation;
  }

  public Swap swap() {
    return options.swap;
  }

  public OptionalInt swappiness() {
    return options.swappiness;
  }

  /** Whether {@link #oomKillDisabled()} was asked for. */
  public boolean waitsForMemory() {
    return options.oomKillDisabled;
  }

  public OptionalInt oomScore() {
    return options.oomScore;
  }

  public OptionalDouble cpus() {
    return options.cpus;
  }

  public OptionalInt cpuShares() {
    return options.cpuShares;
  }

  public Optional<CpuQuota> cpuQuota() {
    return options.cpuQuota;
  }

  public Optional<String> cpuset() {
    return options.cpuset;
  }

  public Optional<String> memoryNodes() {
    return options.memoryNodes;
  }

  public OptionalInt pids() {
    return options.pids;
  }

  public OptionalInt ioWeight() {
    return options.ioWeight;
  }

  /** By block device. */
  public Map<Path, DeviceLimits> devices() {
    return options.devices;
  }

  /** By the size of a page. */
  public Map<Size, Size> hugePages() {
    return options.hugePages;
  }

  public Optional<Size> bandwidthIn() {
    return options.bandwidthIn;
  }

  public Optional<Size> bandwidthOut() {
    return options.bandwidthOut;
  }

  private Resources with(Consumer<Options> change) {
    Options copy = options.copy();
    change.accept(copy);
    return new Resources(copy);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Resources that && options.values().equals(that.options.values());
  }

  @Override
  public int hashCode() {
    return options.values().hashCode();
  }

  /**
   * Processor time in every period. Immutable.
   *
   * @param quota more than the period is more than one processor
   */
  public record CpuQuota(Duration quota, Duration period) {}

  /**
   * Swap beside memory. Immutable.
   *
   * @param size empty: as much as there is
   * @param asked whether the specification said anything about it
   */
  public record Swap(Optional<Size> size, boolean asked) {
    /** None where memory is limited, as much as there is where it is not. */
    public static final Swap DEFAULT = new Swap(Optional.empty(), false);

    static final Swap UNLIMITED = new Swap(Optional.empty(), true);

    static Swap of(Size size) {
      return new Swap(Optional.of(size), true);
    }
  }

  private static final class Options extends CopiedOptions<Options> {
    Optional<Size> memory = Optional.empty();
    Optional<Size> memoryReservation = Optional.empty();
    Swap swap = Swap.DEFAULT;
    OptionalInt swappiness = OptionalInt.empty();
    boolean oomKillDisabled;
    OptionalInt oomScore = OptionalInt.empty();
    OptionalDouble cpus = OptionalDouble.empty();
    OptionalInt cpuShares = OptionalInt.empty();
    Optional<CpuQuota> cpuQuota = Optional.empty();
    Optional<String> cpuset = Optional.empty();
    Optional<String> memoryNodes = Optional.empty();
    OptionalInt pids = OptionalInt.empty();
    OptionalInt ioWeight = OptionalInt.empty();
    Map<Path, DeviceLimits> devices = Map.of();
    Map<Size, Size> hugePages = Map.of();
    Optional<Size> bandwidthIn = Optional.empty();
    Optional<Size> bandwidthOut = Optional.empty();

    List<Object> values() {
      List<Object> values = new ArrayList<>();
      Collections.addAll(values, memory, memoryReservation, swap, swappiness, oomKillDisabled);
      Collections.addAll(values, oomScore, cpus, cpuShares, cpuQuota, cpuset, memoryNodes, pids);
      Collections.addAll(values, ioWeight, devices, hugePages, bandwidthIn, bandwidthOut);
      return values;
    }
  }
}
