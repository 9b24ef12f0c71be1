package io.jollyboat.linux.launcher;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.KernelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One request on the wire: a header of 96 bytes, then the monitor's operations, then the child's.
 *
 * @param place where the log file stands in its log
 * @param passed the descriptors that operations use, by index
 */
record Frame(
    Operations before,
    Operations operations,
    long cloneFlags,
    int flags,
    Optional<Fd> cgroup,
    Optional<Fd> log,
    Optional<Fd> state,
    Optional<Fd> listener,
    LogPlace place,
    List<Fd> passed) {

  static final int WAIT_FOR_GO = 1;
  static final int DETACHED = 2;
  static final int VISIBLE = 16;
  static final int LEAVE = 4;
  static final int QUIET = 8;

  private static final int MAGIC = 0x4c42_424a;
  private static final short VERSION = 2;
  private static final short HEADER = 96;
  private static final int OWN_STEPS = 0x10000;
  private static final List<String> OWN_STEP_NAMES =
      List.of("read the request", "make pipes", "create the process");

  /**
   * Where a log file stands in its log.
   *
   * @param start how many bytes of the log came before it
   * @param limit the most that a file holds; 0: no limit
   * @param files how many are kept
   */
  record LogPlace(long start, long limit, int files) {
    static final LogPlace ONLY = new LogPlace(0, 0, 0);
  }

  Frame {
    passed = List.copyOf(passed);
  }

  /** All descriptors to pass: those of the operations, then cgroup, log, state and listener. */
  List<Fd> descriptors() {
    List<Fd> all = new ArrayList<>(passed);
    cgroup.ifPresent(all::add);
    log.ifPresent(all::add);
    state.ifPresent(all::add);
    listener.ifPresent(all::add);
    return all;
  }

  boolean isDetached() {
    return (flags & DETACHED) != 0;
  }

  byte[] encoded() {
    byte[] first = before.encoded();
    byte[] second = operations.encoded();
    int next = passed.size();
    ByteBuffer frame = ByteBuffer.allocate(HEADER + first.length + second.length);
    frame.order(ByteOrder.LITTLE_ENDIAN);
    frame.putInt(MAGIC).putShort(VERSION).putShort(HEADER);
    frame.putInt(first.length + second.length).putInt(flags);
    frame.putInt(before.count()).putInt(operations.count());
    frame.putLong(cloneFlags).putInt(descriptors().size());
    frame.putInt(cgroup.isPresent() ? next++ : -1);
    frame.putInt(log.isPresent() ? next++ : -1);
    frame.putInt(state.isPresent() ? next++ : -1);
    frame.putLong(place.start()).putLong(place.limit()).putInt(place.files());
    frame.putInt(listener.isPresent() ? next : -1);
    frame.position(HEADER);
    return frame.put(first).put(second).array();
  }

  /** What an ERROR report means. */
  KernelException failure(int index, int errno) {
    return new KernelException(name(index), "", new Errno(errno));
  }

  private String name(int index) {
    if (index >= OWN_STEPS) {
      int step = index - OWN_STEPS;
      return step < OWN_STEP_NAMES.size() ? OWN_STEP_NAMES.get(step) : "launch";
    }
    return index < before.count()
        ? before.name(index)
        : operations.name(Math.min(index - before.count(), operations.count() - 1));
  }
}
