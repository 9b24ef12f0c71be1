package io.jollyboat.linux.launcher;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;

/**
 * When and where a process gets its turns, added to a list of operations. Not safe for use by
 * several threads.
 */
public final class ScheduleSteps {

  private static final int IO_CLASS_SHIFT = 13;

  /** The kernel leaves out those that are not there, and has no more than 8192. */
  private static final int MOST_PROCESSORS = 8192;

  private final OperationsBuilder operations;

  /** Adds to {@code operations}. */
  public ScheduleSteps(OperationsBuilder operations) {
    this.operations = operations;
  }

  /**
   * The execution domain, as personality(2) takes it.
   *
   * @param domain such as 0x0008, PER_LINUX32
   */
  public void personality(long domain) {
    operations.add(OperationCode.PERSONALITY, "set personality", domain, 0, 0);
  }

  /** The priority at disks, as ioprio_set(2) has it. */
  public void ioPriority(int ioClass, int priority) {
    long value = (long) ioClass << IO_CLASS_SHIFT | priority;
    operations.add(OperationCode.IO_PRIORITY, "set I/O priority", value, 0, 0);
  }

  /** All that its cgroup lets it run on, now and later. */
  public void anyProcessor() {
    BitSet all = new BitSet();
    all.set(0, MOST_PROCESSORS);
    processors(all);
  }

  /**
   * From which nodes memory comes, as set_mempolicy(2) has it.
   *
   * @param mode with its flags
   */
  public void memoryPolicy(int mode, BitSet nodes) {
    byte[] mask = mask(nodes);
    operations.add(OperationCode.MEMORY_POLICY, "set memory policy", mode, mask.length, 0, mask);
  }

  private static byte[] mask(BitSet bits) {
    byte[] mask = new byte[(bits.length() + 63) / 64 * 8];
    byte[] set = bits.toByteArray();
    System.arraycopy(set, 0, mask, 0, set.length);
    return mask;
  }

  /** The processors that the process may run on. */
  public void processors(BitSet processors) {
    byte[] mask = mask(processors);
    operations.add(OperationCode.PROCESSORS, "set processors", mask.length, 0, 0, mask);
  }

  /**
   * The scheduling policy, as sched_setattr(2) has it.
   *
   * @param policy SCHED_OTHER is 0
   * @param runtime deadline and period are of SCHED_DEADLINE, in nanoseconds
   */
  public record Scheduler(
      int policy, long flags, int nice, int priority, long runtime, long deadline, long period) {

    private static final int SIZE = 48;

    private byte[] encoded() {
      return ByteBuffer.allocate(SIZE)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putInt(SIZE)
          .putInt(policy)
          .putLong(flags)
          .putInt(nice)
          .putInt(priority)
          .putLong(runtime)
          .putLong(deadline)
          .putLong(period)
          .array();
    }
  }

  /** Before capabilities are given up. */
  public void scheduler(Scheduler scheduler) {
    byte[] bytes = scheduler.encoded();
    operations.add(OperationCode.SCHEDULER, "set scheduler", bytes.length, 0, 0, bytes);
  }
}
