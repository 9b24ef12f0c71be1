package io.jollyboat.engine;

import io.jollyboat.Rights;
import io.jollyboat.engine.ProcessPlan.Confinement;
import io.jollyboat.linux.cgroup.DeviceRule;
import io.jollyboat.linux.rootfs.ContainerPlan;
import io.jollyboat.linux.rootfs.ImageUser;
import io.jollyboat.linux.rootfs.KernelView;
import io.jollyboat.linux.security.AppArmor;
import io.jollyboat.linux.security.Capabilities;
import io.jollyboat.linux.security.DeviceNode;
import io.jollyboat.linux.security.HostDevices;
import io.jollyboat.linux.security.IdMaps;
import io.jollyboat.linux.security.SeccompProgram;
import io.jollyboat.linux.security.SeccompPrograms;
import io.jollyboat.oci.SeccompProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * From the rights that are asked for to what the kernel is told. What cannot be given is refused:
 * never less than was asked for. Immutable.
 */
final class ContainerRights {
  private final Rights asked;
  private final Confinement confinement;
  private final boolean hostImage;
  private final boolean namespaced;

  private ContainerRights(
      Rights asked, Confinement confinement, boolean hostImage, boolean namespaced) {
    this.namespaced = namespaced;
    this.asked = asked;
    this.confinement = confinement;
    this.hostImage = hostImage;
  }

  /**
   * @param namespaced the engine's containers all live in a user namespace: its process is not root
   */
  static ContainerRights of(ProcessPlan plan, boolean namespaced) {
    return new ContainerRights(plan.rights(), plan.confinement(), plan.hostImage(), namespaced);
  }

  /** What its program, and every program beside it, may do. */
  ContainerPlan.Rights process(ImageUser user, SeccompPrograms filters) {
    Capabilities capabilities = capabilities();
    return new ContainerPlan.Rights(
        user,
        capabilities,
        !asked.mayGainPrivileges() && !asked.unconfined() && confinement != Confinement.STEP,
        filter(filters, capabilities),
        userNamespace(),
        asked.appArmor().filter(AppArmor.ofThisMachine()::needs));
  }

  /** The most that a process of it can get. */
  Capabilities capabilities() {
    Capabilities held = held();
    if (asked.unconfined()) {
      return held.changed(List.of(), asked.dropped());
    }
    Capabilities usual =
        confinement == Confinement.SANDBOX ? Capabilities.NONE : Capabilities.DEFAULT;
    Capabilities wanted = usual.changed(asked.added(), asked.dropped());
    boolean all = asked.added().contains(Rights.ALL);
    Capabilities lacking = all ? Capabilities.NONE : wanted.without(usual).without(held);
    if (!lacking.equals(Capabilities.NONE)) {
      throw new IllegalArgumentException(
          "it cannot have "
              + String.join(", ", lacking.names())
              + ", which this process does not have itself: start it with them, or do not add them");
    }
    return wanted.and(held);
  }

  /** In a user namespace it has them all: they reach no further. */
  private Capabilities held() {
    return namespaced || userNamespace().isPresent()
        ? Capabilities.ALL
        : Capabilities.ofThisProcess();
  }

  private Optional<SeccompProgram> filter(SeccompPrograms filters, Capabilities capabilities) {
    Rights.Seccomp seccomp = asked.seccomp();
    if (!seccomp.filtered() || (asked.unconfined() && seccomp.profile().isEmpty())) {
      return Optional.empty();
    }
    if (seccomp.profile().isPresent()) {
      SeccompProfile profile = SeccompProfile.parse(seccomp.profile().get());
      return Optional.of(filters.custom(profile, capabilities));
    }
    return Optional.of(
        confinement == Confinement.SANDBOX
            ? filters.sandbox(capabilities)
            : filters.standard(capabilities));
  }

  private Optional<IdMaps> userNamespace() {
    Optional<IdMaps> chosen =
        asked.ownUserNamespace().map(ids -> new IdMaps(ids.users(), ids.groups()));
    if (hostImage && chosen.filter(maps -> !maps.isIdentity()).isPresent()) {
      throw new IllegalArgumentException(
          "a container of this machine's own programs cannot have other ids: its files are shared");
    }
    if (namespaced && chosen.filter(maps -> !maps.isIdentity()).isPresent()) {
      throw new IllegalArgumentException(
          "only root can give a container ids of its own choice: those of an ordinary user's"
              + " containers are in /etc/subuid and /etc/subgid");
    }
    boolean usual = confinement == Confinement.SANDBOX || hostImage;
    return chosen.or(() -> usual ? Optional.of(IdMaps.IDENTITY) : Optional.empty());
  }

  KernelView kernel() {
    List<String> none = List.of();
    boolean all = asked.unconfined();
    return new KernelView(
        devices(),
        asked.maskedPaths().or(() -> all ? Optional.of(none) : Optional.empty()),
        asked.readOnlyPaths().or(() -> all ? Optional.of(none) : Optional.empty()),
        asked.sysctls(),
        all);
  }

  private List<DeviceNode> devices() {
    List<DeviceNode> nodes = new ArrayList<>();
    if (asked.unconfined()) {
      nodes.addAll(HostDevices.all());
    }
    for (Rights.Device device : asked.devices()) {
      nodes.addAll(HostDevices.at(device.host(), device.container()));
    }
    return nodes;
  }

  /** Which devices its control group lets it open. */
  List<DeviceRule> deviceRules() {
    if (asked.unconfined()) {
      return List.of(DeviceRule.ALL);
    }
    List<DeviceRule> rules = new ArrayList<>(DeviceRule.DEFAULT);
    for (Rights.Device device : asked.devices()) {
      for (DeviceNode node : HostDevices.at(device.host(), device.container())) {
        rules.add(new DeviceRule(node.type(), node.major(), node.minor(), device.permissions()));
      }
    }
    asked.deviceRules().forEach(rule -> rules.add(DeviceRule.parse(rule)));
    return rules;
  }
}
