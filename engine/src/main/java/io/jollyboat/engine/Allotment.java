package io.jollyboat.engine;

import io.jollyboat.Resources;
import io.jollyboat.Size;
import io.jollyboat.linux.cgroup.CgroupLimits;
import io.jollyboat.linux.cgroup.DeviceRule;
import io.jollyboat.linux.cgroup.ProcessorList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleFunction;

/**
 * What a container asked for, and what it got. Immutable; the processors are given back once.
 *
 * @param limits that the kernel is told
 * @param visible the processors that the container sees
 */
record Allotment(
    Resources asked, CgroupLimits limits, Processors.Choice choice, ProcessorList visible) {

  /**
   * @param devices that it may use
   * @throws IllegalArgumentException when what is asked for does not fit together
   */
  static Allotment of(Resources asked, List<DeviceRule> devices, Processors processors) {
    return of(asked, devices, processors, processors::choose);
  }

  /**
   * What a container that runs already asked for and got.
   *
   * @param kept the processors that it is kept to
   */
  static Allotment found(
      Resources asked, List<DeviceRule> devices, Processors processors, ProcessorList kept) {
    return of(asked, devices, processors, time -> processors.take(kept, time));
  }

  private static Allotment of(
      Resources asked,
      List<DeviceRule> devices,
      Processors processors,
      DoubleFunction<Processors.Choice> choosing) {
    CgroupLimits limits = ContainerLimits.of(asked).withDevices(devices);
    Optional<Double> time = ContainerLimits.processorTime(asked);
    ProcessorList all = processors.all();
    if (asked.cpuset().isPresent()) {
      ProcessorList own = ProcessorList.parse(asked.cpuset().get()).within(all);
      return new Allotment(asked, limits, Processors.NO_CHOICE, own);
    }
    if (time.isEmpty()) {
      return new Allotment(asked, limits, Processors.NO_CHOICE, all);
    }
    Processors.Choice choice = choosing.apply(time.get());
    ProcessorList chosen = choice.processors();
    return new Allotment(
        asked, choice.chosen() ? limits.withCpuset(chosen.toString()) : limits, choice, chosen);
  }

  boolean limitsMemory() {
    return asked.memory().isPresent();
  }

  boolean limitsProcessors() {
    return asked.cpuset().isPresent() || ContainerLimits.processorTime(asked).isPresent();
  }

  /** The most bytes of swap that it may use beside its memory. */
  long swap() {
    if (asked.memory().isEmpty() || (asked.swap().asked() && asked.swap().size().isEmpty())) {
      return Long.MAX_VALUE;
    }
    return asked.swap().size().map(Size::bytes).orElse(0L);
  }
}
