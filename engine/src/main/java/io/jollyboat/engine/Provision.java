package io.jollyboat.engine;

import io.jollyboat.NetworkMode;
import io.jollyboat.Resources;
import io.jollyboat.linux.cgroup.Cgroups;
import io.jollyboat.linux.cgroup.ContainerCgroup;
import io.jollyboat.linux.network.Attachment;
import io.jollyboat.linux.process.MonitoredProcess;
import io.jollyboat.linux.rootfs.ContainerMount;
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
  private final Processors.Lease lease;
  private final Optional<ViewFiles> view;
  private final ContainerCgroup cgroup;

  private Provision(ProcessPlan plan, LinuxParts linux, boolean found) {
    this.plan = plan;
    this.linux = linux;
    this.allotment =
        Allotment.of(
            plan.resources(),
            ContainerRights.of(plan, linux.userNamespace().isPresent()).deviceRules(),
            linux.processors());
    this.lease = here.push(linux.processors().lease(allotment.choice()));
    try {
      String id = plan.id().hex();
      Cgroups own = linux.cgroups(plan.detached());
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

  /** Of a detached process that was started before. What it sees of the machine stays as it is. */
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
    view.ifPresent(files -> here.push(linux.views().follow(files, cgroup)));
    return new ResourceControl(
        plan.id().shortHex(), process, cgroup, linux.processors(), lease, allotment, view, network);
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
