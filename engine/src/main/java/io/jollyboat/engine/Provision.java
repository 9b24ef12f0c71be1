package io.jollyboat.engine;

import io.jollyboat.NetworkMode;
import io.jollyboat.Resources;
import io.jollyboat.linux.cgroup.Cgroups;
import io.jollyboat.linux.cgroup.ContainerCgroup;
import io.jollyboat.linux.cgroup.DeviceRule;
import io.jollyboat.linux.network.Attachment;
import io.jollyboat.linux.process.MonitoredProcess;
import io.jollyboat.linux.rootfs.ContainerMount;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a process gets of the machine: its control groups with their limits, some processors, and
 * what it sees of both. Closing it, after the process's end, gives all back. Safe for use by
 * several threads.
 */
final class Provision implements AutoCloseable {
  private final ProcessPlan plan;
  private final LinuxParts linux;
  private final Allotment allotment;
  private final CloseStack groups = new CloseStack();
  private final CloseStack here = new CloseStack();
  private final boolean found;
  private final Processors.Lease lease;
  private final Optional<ViewFiles> view;
  private final ContainerCgroup cgroup;

  private Provision(ProcessPlan plan, LinuxParts linux, boolean found) {
    this.plan = plan;
    this.linux = linux;
    this.found = found;
    List<DeviceRule> devices =
        ContainerRights.of(plan, linux.userNamespace().isPresent()).deviceRules();
    Cgroups own = linux.cgroups(plan.detached());
    String id = plan.id().hex();
    this.allotment =
        found
            ? Allotment.found(
                plan.resources(), devices, linux.processors(), own.find(id).processors())
            : Allotment.of(plan.resources(), devices, linux.processors());
    this.lease = here.push(linux.processors().lease(allotment.choice()));
    try {
      this.view =
          found ? Optional.empty() : linux.views().make(plan.directory(), allotment, taken());
      this.cgroup = groups.push(found ? own.find(id) : own.create(id, allotment.limits()));
    } catch (RuntimeException e) {
      here.closeAfter(e);
      throw e;
    }
  }

  /**
   * @throws IllegalArgumentException when what is asked for does not fit together
   */
  static Provision of(ProcessPlan plan, LinuxParts linux) {
    boolean bridge = plan.network().equals(NetworkMode.BRIDGE) && linux.userNamespace().isEmpty();
    Bandwidth.require(plan.resources(), bridge);
    return new Provision(plan, linux, false);
  }

  /** Of a detached process that was started before. */
  static Provision found(ProcessPlan plan, LinuxParts linux) {
    return new Provision(plan, linux, true);
  }

  /** What the user mounts over a file of the machine wins. */
  private Set<String> taken() {
    return plan.mounts().stream().map(ContainerMount::target).collect(Collectors.toSet());
  }

  ContainerCgroup cgroup() {
    return cgroup;
  }

  /** A limited process sees the machine as large as its limits. */
  List<ContainerMount> mounts() {
    return view.map(ViewFiles::mounts).orElse(List.of());
  }

  void limit(Attachment network) {
    Bandwidth.limit(network, Resources.none(), plan.resources());
  }

  /** For the process now that it runs; what it sees is kept fresh from here on. */
  ResourceControl control(MonitoredProcess process, Optional<Attachment> network) {
    Optional<ViewFiles> shown = found ? earlier(process) : view;
    shown.ifPresent(files -> here.push(linux.views().follow(files, cgroup)));
    return new ResourceControl(
        plan.id().shortHex(),
        process,
        cgroup,
        linux.processors(),
        lease,
        allotment,
        shown,
        network);
  }

  private Optional<ViewFiles> earlier(MonitoredProcess process) {
    Duration age = Duration.between(process.running(), Instant.now());
    return linux.views().find(plan.directory(), allotment, age);
  }

  /** Leaves its groups to a detached process. */
  void letGo() {
    here.close();
  }

  @Override
  public void close() {
    try (groups) {
      here.close();
    }
  }
}
