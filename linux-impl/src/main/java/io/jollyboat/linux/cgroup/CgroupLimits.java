package io.jollyboat.linux.cgroup;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What a container may use, in the kernel's terms; what is not said is not limited. Numbers of
 * bytes and microseconds; -1 is no limit, which matters where one was set before. Immutable.
 */
public final class CgroupLimits {
  /** Microseconds: the kernel's default. */
  static final int PERIOD = 100_000;

  static final int ORDINARY_SHARES = 1024;
  static final int UNLIMITED = -1;

  /** Of processors and memory nodes: those of the group above. */
  static final String INHERITED = "";

  /** No limits but the default device rules. */
  public static final CgroupLimits DEFAULT = new CgroupLimits(new Fields());

  private final Fields fields;

  private CgroupLimits(Fields fields) {
    this.fields = fields;
  }

  public CgroupLimits withMemory(long bytes) {
    return with(changed -> changed.memory = OptionalLong.of(bytes));
  }

  /** What it is left with when the machine's memory is short. */
  public CgroupLimits withMemoryReservation(long bytes) {
    return with(changed -> changed.reservation = OptionalLong.of(bytes));
  }

  /** Both together; without this, with a limit of memory, twice that, as Docker has it. */
  public CgroupLimits withMemoryAndSwap(long bytes) {
    return with(changed -> changed.memoryAndSwap = OptionalLong.of(bytes));
  }

  /** 0 to 100; v1 only. */
  public CgroupLimits withSwappiness(int percent) {
    return with(changed -> changed.swappiness = OptionalInt.of(percent));
  }

  /** Processes wait at the limit, and are not killed; v1 only. */
  public CgroupLimits withoutOutOfMemoryKills() {
    return with(changed -> changed.killsDisabled = OptionalInt.of(1));
  }

  /** Processors' worth of time, such as 1.5. */
  public CgroupLimits withCpus(double processors) {
    return with(changed -> changed.cpus = OptionalDouble.of(processors));
  }

  /** Processor time in each period, in place of a number of processors. */
  public CgroupLimits withCpuTime(long quotaMicroseconds, long periodMicroseconds) {
    return with(
        changed -> {
          changed.quota = OptionalLong.of(quotaMicroseconds);
          changed.period = OptionalLong.of(periodMicroseconds);
        });
  }

  /** Weight against others when all want the processors, 2 to 262144; 1024 is ordinary. */
  public CgroupLimits withCpuShares(int shares) {
    return with(changed -> changed.cpuShares = OptionalInt.of(shares));
  }

  /** Processors as a list, {@code 0-2,4}. */
  public CgroupLimits withCpuset(String processors) {
    return with(changed -> changed.cpuset = Optional.of(processors));
  }

  /** Memory nodes as a list. */
  public CgroupLimits withMemoryNodes(String nodes) {
    return with(changed -> changed.memoryNodes = Optional.of(nodes));
  }

  /** Processes and threads. */
  public CgroupLimits withPids(int limit) {
    return with(changed -> changed.pids = OptionalInt.of(limit));
  }

  /** Share of all block devices' time, 10 to 1000. */
  public CgroupLimits withIoWeight(int weight) {
    return with(changed -> changed.ioWeight = OptionalInt.of(weight));
  }

  public CgroupLimits withIo(BlockDevice device, IoLimits limits) {
    return with(changed -> changed.io = put(changed.io, device.toString(), limits));
  }

  public CgroupLimits withHugePages(long pageBytes, long bytes) {
    return with(changed -> changed.hugePages = put(changed.hugePages, pageBytes, bytes));
  }

  /** Allowed devices; all others are not. */
  public CgroupLimits withDevices(List<DeviceRule> rules) {
    return with(changed -> changed.devices = List.copyOf(rules));
  }

  public OptionalLong memory() {
    return fields.memory;
  }

  OptionalLong reservation() {
    return fields.reservation;
  }

  /** Memory and swap together, Docker's default where only memory is given. */
  OptionalLong total() {
    if (fields.memoryAndSwap.isPresent() || fields.memory.isEmpty()) {
      return fields.memoryAndSwap;
    }
    long memory = fields.memory.getAsLong();
    return OptionalLong.of(memory < 0 ? UNLIMITED : 2 * memory);
  }

  OptionalInt swappiness() {
    return fields.swappiness;
  }

  /** 1 where processes wait for memory, 0 where they no longer do. */
  OptionalInt killsDisabled() {
    return fields.killsDisabled;
  }

  /** Microseconds in each {@link #period}; the kernel takes no less than a millisecond. */
  OptionalLong quota() {
    if (fields.quota.isPresent() || fields.cpus.isEmpty()) {
      return fields.quota;
    }
    return OptionalLong.of(Math.max(1000, Math.round(fields.cpus.getAsDouble() * PERIOD)));
  }

  long period() {
    return fields.period.orElse(PERIOD);
  }

  OptionalInt cpuShares() {
    return fields.cpuShares;
  }

  public Optional<String> cpuset() {
    return fields.cpuset;
  }

  Optional<String> memoryNodes() {
    return fields.memoryNodes;
  }

  OptionalInt pids() {
    return fields.pids;
  }

  OptionalInt ioWeight() {
    return fields.ioWeight;
  }

  /** By the device's numbers. */
  SortedMap<String, IoLimits> io() {
    return fields.io;
  }

  /** Bytes by the bytes of a page. */
  SortedMap<Long, Long> hugePages() {
    return fields.hugePages;
  }

  public List<DeviceRule> devices() {
    return fields.devices;
  }

  /** Whether nothing is limited but devices. */
  boolean isUnlimited() {
    return withDevices(List.of()).equals(DEFAULT.withDevices(List.of()));
  }

  /**
   * What has to be written to come from {@code before} to this: what differs, and the kernel's
   * default for what is no longer limited. Device rules stay as they are.
   */
  CgroupLimits changesFrom(CgroupLimits before) {
    Fields old = before.fields;
    return with(
        changed -> {
          changed.cpus = OptionalDouble.empty();
          changed.reservation = change(old.reservation, fields.reservation, UNLIMITED);
          changed.swappiness = change(old.swappiness, fields.swappiness, UNLIMITED);
          changed.killsDisabled = change(old.killsDisabled, fields.killsDisabled, 0);
          changed.cpuShares = change(old.cpuShares, fields.cpuShares, ORDINARY_SHARES);
          changed.cpuset = change(old.cpuset, fields.cpuset);
          changed.memoryNodes = change(old.memoryNodes, fields.memoryNodes);
          changed.pids = change(old.pids, fields.pids, UNLIMITED);
          changed.ioWeight = change(old.ioWeight, fields.ioWeight, UNLIMITED);
          changed.hugePages = new TreeMap<>(fields.hugePages);
          old.hugePages.keySet().forEach(page -> changed.hugePages.putIfAbsent(page, -1L));
          changed
              .hugePages
              .entrySet()
              .removeIf(e -> e.getValue().equals(old.hugePages.get(e.getKey())));
          changed.io = ioChanges(old.io);
          memoryChanges(before, changed);
          timeChanges(before, changed);
        });
  }

  /** Memory and the sum of both bound each other: when one changes, both are written. */
  private void memoryChanges(CgroupLimits before, Fields changed) {
    boolean same = before.memory().equals(memory()) && before.total().equals(total());
    boolean reset = before.memory().isPresent() || before.total().isPresent();
    changed.memory = same ? OptionalLong.empty() : orUnlimited(memory(), reset);
    changed.memoryAndSwap = same ? OptionalLong.empty() : orUnlimited(total(), reset);
  }

  private void timeChanges(CgroupLimits before, Fields changed) {
    boolean same = before.quota().equals(quota()) && before.period() == period();
    changed.quota = same ? OptionalLong.empty() : orUnlimited(quota(), before.quota().isPresent());
    changed.period = OptionalLong.of(period());
  }

  private SortedMap<String, IoLimits> ioChanges(SortedMap<String, IoLimits> before) {
    SortedMap<String, IoLimits> changes = new TreeMap<>();
    before.forEach((device, limits) -> changes.put(device, IoLimits.NONE.changesFrom(limits)));
    fields.io.forEach(
        (device, limits) ->
            changes.put(device, limits.changesFrom(before.getOrDefault(device, IoLimits.NONE))));
    changes.values().removeIf(IoLimits.NONE::equals);
    return changes;
  }

  private static OptionalLong orUnlimited(OptionalLong limit, boolean reset) {
    return limit.isEmpty() && reset ? OptionalLong.of(UNLIMITED) : limit;
  }

  static OptionalLong change(OptionalLong before, OptionalLong after, long none) {
    if (before.equals(after)) {
      return OptionalLong.empty();
    }
    return after.isPresent() ? after : OptionalLong.of(none);
  }

  static OptionalInt change(OptionalInt before, OptionalInt after, int none) {
    if (before.equals(after)) {
      return OptionalInt.empty();
    }
    return after.isPresent() ? after : OptionalInt.of(none);
  }

  private static Optional<String> change(Optional<String> before, Optional<String> after) {
    return before.equals(after) ? Optional.empty() : after.or(() -> Optional.of(INHERITED));
  }

  private static <K extends Comparable<K>, V> SortedMap<K, V> put(
      SortedMap<K, V> map, K key, V value) {
    SortedMap<K, V> copy = new TreeMap<>(map);
    copy.put(key, value);
    return Collections.unmodifiableSortedMap(copy);
  }

  private CgroupLimits with(Consumer<Fields> change) {
    Fields copy = new Fields(fields);
    change.accept(copy);
    return new CgroupLimits(copy);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CgroupLimits that && fields.values().equals(that.fields.values());
  }

  @Override
  public int hashCode() {
    return fields.values().hashCode();
  }

  private static final class Fields {
    OptionalLong memory = OptionalLong.empty();
    OptionalLong reservation = OptionalLong.empty();
    OptionalLong memoryAndSwap = OptionalLong.empty();
    OptionalInt swappiness = OptionalInt.empty();
    OptionalInt killsDisabled = OptionalInt.empty();
    OptionalDouble cpus = OptionalDouble.empty();
    OptionalLong quota = OptionalLong.empty();
    OptionalLong period = OptionalLong.empty();
    OptionalInt cpuShares = OptionalInt.empty();
    Optional<String> cpuset = Optional.empty();
    Optional<String> memoryNodes = Optional.empty();
    OptionalInt pids = OptionalInt.empty();
    OptionalInt ioWeight = OptionalInt.empty();
    SortedMap<String, IoLimits> io = new TreeMap<>();
    SortedMap<Long, Long> hugePages = new TreeMap<>();
    List<DeviceRule> devices = DeviceRule.DEFAULT;

    Fields() {}

    Fields(Fields from) {
      memory = from.memory;
      reservation = from.reservation;
      memoryAndSwap = from.memoryAndSwap;
      swappiness = from.swappiness;
      killsDisabled = from.killsDisabled;
      cpus = from.cpus;
      quota = from.quota;
      period = from.period;
      cpuShares = from.cpuShares;
      cpuset = from.cpuset;
      memoryNodes = from.memoryNodes;
      pids = from.pids;
      ioWeight = from.ioWeight;
      io = from.io;
      hugePages = from.hugePages;
      devices = from.devices;
    }

    List<Object> values() {
      List<Object> values = new ArrayList<>();
      Collections.addAll(values, memory, reservation, memoryAndSwap, swappiness, killsDisabled);
      Collections.addAll(values, cpus, quota, period, cpuShares, cpuset, memoryNodes, pids);
      Collections.addAll(values, ioWeight, io, hugePages, devices);
      return values;
    }
  }
}
