package io.jollyboat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a container has used since it started, and what it holds, at one moment. What the machine
 * does not count is zero or empty. Immutable.
 *
 * @param networks by the name of the link inside, {@code eth0}; empty where the container has no
 *     network of its own
 * @param pressure empty where the kernel does not measure it for a container: on cgroup v1
 */
public record Stats(
    Instant time,
    Cpu cpu,
    Memory memory,
    Pids pids,
    List<Io> io,
    Map<String, Network> networks,
    Optional<Pressure> pressure) {

  public Stats {
    io = List.copyOf(io);
    networks = Map.copyOf(networks);
  }

  /** How many processors it kept busy on average since an earlier sample: 1.5 is one and a half. */
  public double processors(Stats earlier) {
    long passed = Duration.between(earlier.time, time).toNanos();
    return passed <= 0 ? 0 : (double) cpu.total.minus(earlier.cpu.total).toNanos() / passed;
  }

  /**
   * Processor time.
   *
   * @param user in programs
   * @param system in the kernel
   * @param periods in which it wanted to run under a limit of {@link Resources#cpus}
   * @param throttledPeriods in which the limit stopped it
   * @param throttled for how long, over all processors
   */
  public record Cpu(
      Duration total,
      Duration user,
      Duration system,
      long periods,
      long throttledPeriods,
      Duration throttled) {}

  /**
   * Memory.
   *
   * @param used without the file pages that the kernel would give up first, as Docker counts
   * @param charged with them
   * @param peak the most that was ever charged; 0 on v2 before Linux 5.19, which does not keep it
   * @param limit the machine's memory where none is set
   * @param swap of it that is swapped out
   * @param outOfMemoryKills processes killed for want of memory
   * @param details the kernel's own names and numbers, from {@code memory.stat}
   */
  public record Memory(
      Size used,
      Size charged,
      Size peak,
      Size limit,
      Size swap,
      long outOfMemoryKills,
      Map<String, Long> details) {
    public Memory {
      details = Map.copyOf(details);
    }
  }

  /** Processes and threads; the limit is empty where there is none. */
  public record Pids(long current, OptionalLong limit) {}

  /** What went to and came from one block device, by its numbers. */
  public record Io(int major, int minor, Size read, Size written, long reads, long writes) {}

  /** What went through one link. */
  public record Network(
      Size received,
      long packetsReceived,
      long receiveErrors,
      long receiveDropped,
      Size sent,
      long packetsSent,
      long sendErrors,
      long sendDropped) {}

  /** How much its processes waited for each resource. */
  public record Pressure(Waits cpu, Waits memory, Waits io) {}

  /**
   * Waits for one resource.
   *
   * @param some while at least one process waited
   * @param full while all did
   */
  public record Waits(Wait some, Wait full) {
    public static final Waits NONE = new Waits(Wait.NONE, Wait.NONE);
  }

  /** Percent of the last 10, 60 and 300 seconds, and all of it. */
  public record Wait(double percent10, double percent60, double percent300, Duration total) {
    public static final Wait NONE = new Wait(0, 0, 0, Duration.ZERO);
  }
}
