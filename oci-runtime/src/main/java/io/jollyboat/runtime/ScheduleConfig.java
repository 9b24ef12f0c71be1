package io.jollyboat.runtime;

import io.jollyboat.linux.launcher.OperationsBuilder;
import io.jollyboat.linux.launcher.ScheduleSteps;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * When and where a process gets its turns (config.md: scheduler, ioPriority, execCPUAffinity).
 *
 * @param affinity processors of a program that joins the container
 */
record ScheduleConfig(
    Optional<ScheduleSteps.Scheduler> scheduler,
    Optional<IoPriority> ioPriority,
    Optional<BitSet> affinity) {

  private static final Map<String, Integer> POLICIES =
      Map.of(
          "SCHED_OTHER", 0,
          "SCHED_FIFO", 1,
          "SCHED_RR", 2,
          "SCHED_BATCH", 3,
          "SCHED_ISO", 4,
          "SCHED_IDLE", 5,
          "SCHED_DEADLINE", 6);

  private static final List<String> FLAGS =
      List.of(
          "SCHED_FLAG_RESET_ON_FORK",
          "SCHED_FLAG_RECLAIM",
          "SCHED_FLAG_DL_OVERRUN",
          "SCHED_FLAG_KEEP_POLICY",
          "SCHED_FLAG_KEEP_PARAMS",
          "SCHED_FLAG_UTIL_CLAMP_MIN",
          "SCHED_FLAG_UTIL_CLAMP_MAX");

  private static final List<String> IO_CLASSES =
      List.of("", "IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE");

  record IoPriority(int ioClass, int priority) {}

  static ScheduleConfig of(Fields process) {
    return new ScheduleConfig(
        process.optionalObject("scheduler").map(ScheduleConfig::scheduler),
        process.optionalObject("ioPriority").map(ScheduleConfig::ioPriority),
        process
            .optionalObject("execCPUAffinity")
            .flatMap(affinity -> affinity.text("final").or(() -> affinity.text("initial")))
            .map(list -> processors(process, list)));
  }

  private static ScheduleSteps.Scheduler scheduler(Fields fields) {
    String policy = fields.required("policy");
    Integer number = POLICIES.get(policy);
    if (number == null) {
      throw fields.error("policy", "\"" + policy + "\" is not a policy of sched(7)");
    }
    long flags = 0;
    for (String flag : fields.strings("flags")) {
      int bit = FLAGS.indexOf(flag);
      if (bit < 0) {
        throw fields.error("flags", "\"" + flag + "\" is not a flag of sched_setattr(2)");
      }
      flags |= 1L << bit;
    }
    return new ScheduleSteps.Scheduler(
        number,
        flags,
        fields.small("nice").orElse(0),
        fields.small("priority").orElse(0),
        fields.number("runtime").orElse(0),
        fields.number("deadline").orElse(0),
        fields.number("period").orElse(0));
  }

  private static IoPriority ioPriority(Fields fields) {
    String name = fields.required("class");
    int ioClass = IO_CLASSES.indexOf(name);
    int priority = fields.small("priority").orElse(0);
    if (ioClass < 1) {
      throw fields.error("class", "\"" + name + "\" is not a class of ioprio_set(2)");
    }
    if (priority < 0 || priority > 7) {
      throw fields.error("priority", "must be from 0 to 7");
    }
    return new IoPriority(ioClass, priority);
  }

  private static BitSet processors(Fields process, String list) {
    BitSet processors = new BitSet();
    try {
      for (String range : list.split(",")) {
        String[] ends = range.strip().split("-", 2);
        processors.set(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]) + 1);
      }
      return processors;
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw process.error("execCPUAffinity", "\"" + list + "\" is not a list of processors");
    }
  }

  /** Of a container's own process. */
  void apply(OperationsBuilder operations) {
    ScheduleSteps steps = new ScheduleSteps(operations);
    scheduler.ifPresent(steps::scheduler);
    ioPriority.ifPresent(io -> steps.ioPriority(io.ioClass(), io.priority()));
  }

  /** Of a program that joins the container, beside {@link #apply}. */
  void applyToJoining(OperationsBuilder operations) {
    affinity.ifPresent(new ScheduleSteps(operations)::processors);
  }
}
