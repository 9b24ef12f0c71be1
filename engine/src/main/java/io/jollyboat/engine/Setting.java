package io.jollyboat.engine;

import io.jollyboat.ContainerId;
import io.jollyboat.ContainerSpec;
import io.jollyboat.NamespaceMode;
import io.jollyboat.NetworkMode;
import io.jollyboat.Size;
import io.jollyboat.StepSpec;
import io.jollyboat.Ulimit;
import io.jollyboat.linux.launcher.Namespace;
import io.jollyboat.linux.launcher.ResourceBounds;
import io.jollyboat.linux.launcher.ResourceLimit;
import io.jollyboat.linux.rootfs.NamespacePlan;
import io.jollyboat.linux.rootfs.Surroundings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where a process lives, and under which names. Immutable.
 *
 * @param groups extra ones of its user, by name or number
 * @param hosts lines of /etc/hosts, by name
 * @param network whose network it shares, and whose files about it
 */
record Setting(
    Surroundings surroundings,
    List<String> groups,
    Map<String, InetAddress> hosts,
    Optional<Neighbour> network) {
  private static final Surroundings.Terminal FIRST_SIZE = new Surroundings.Terminal(24, 80);

  Setting {
    groups = List.copyOf(groups);
    hosts = Map.copyOf(hosts);
  }

  /** Of a step. */
  static Setting of(StepSpec given, ContainerId id, NetworkMode network) {
    NamespacePlan namespaces =
        network.equals(NetworkMode.HOST)
            ? NamespacePlan.ALL_OWN.host(Namespace.NETWORK)
            : NamespacePlan.ALL_OWN;
    Surroundings surroundings =
        new Surroundings(
            namespaces,
            id.shortHex(),
            "",
            given.shm().map(Size::bytes).orElse(Surroundings.DEFAULT_SHM_BYTES),
            given.ulimits().values().stream().map(Setting::bounds).toList(),
            false,
            Optional.empty());
    return new Setting(surroundings, List.of(), given.hosts(), Optional.empty());
  }

  /**
   * @throws IllegalArgumentException for what cannot go together
   */
  static Setting of(ContainerSpec spec, ContainerId id, Neighbour.Search neighbours) {
    Optional<Neighbour> network = spec.network().container().flatMap(neighbours::find);
    check(spec);
    NamespacePlan namespaces = namespaces(spec, network, neighbours);
    Surroundings surroundings =
        new Surroundings(
            namespaces,
            hostname(spec, id, network, neighbours),
            spec.domainname().orElse(""),
            spec.shm().map(Size::bytes).orElse(Surroundings.DEFAULT_SHM_BYTES),
            spec.ulimits().values().stream().map(Setting::bounds).toList(),
            spec.hasInit(),
            spec.hasTerminal() ? Optional.of(FIRST_SIZE) : Optional.empty());
    return new Setting(surroundings, spec.groups(), spec.hosts(), network);
  }

  private static void check(ContainerSpec spec) {
    boolean named = spec.hostname().isPresent() || spec.domainname().isPresent();
    if (named && !spec.namespaces().uts().equals(NamespaceMode.OWN)) {
      throw new IllegalArgumentException(
          "a host or domain name needs a uts namespace of its own, not " + spec.namespaces().uts());
    }
    if (spec.shm().isPresent() && !spec.namespaces().ipc().equals(NamespaceMode.OWN)) {
      throw new IllegalArgumentException(
          "a size of /dev/shm needs an ipc namespace of its own, not " + spec.namespaces().ipc());
    }
    if (spec.network().container().isPresent()) {
      if (!spec.ports().isEmpty() || !spec.hosts().isEmpty()) {
        throw new IllegalArgumentException(
            "ports are published and hosts named by the container whose network it is: "
                + spec.network());
      }
    }
  }

  private static NamespacePlan namespaces(
      ContainerSpec spec, Optional<Neighbour> network, Neighbour.Search neighbours) {
    NamespacePlan plan = NamespacePlan.ALL_OWN;
    plan = choose(plan, Namespace.PID, spec.namespaces().pid(), neighbours);
    plan = choose(plan, Namespace.IPC, spec.namespaces().ipc(), neighbours);
    plan = choose(plan, Namespace.UTS, spec.namespaces().uts(), neighbours);
    plan = choose(plan, Namespace.CGROUP, spec.namespaces().cgroup(), neighbours);
    if (network.isPresent()) {
      return plan.join(Namespace.NETWORK, network.get().process().descriptor());
    }
    boolean others = spec.network().container().isPresent();
    return others || spec.network().equals(NetworkMode.HOST) ? plan.host(Namespace.NETWORK) : plan;
  }

  private static NamespacePlan choose(
      NamespacePlan plan, Namespace kind, NamespaceMode mode, Neighbour.Search neighbours) {
    if (mode.container().isPresent()) {
      return neighbours
          .find(mode.container().get())
          .map(other -> plan.join(kind, other.process().descriptor()))
          .orElseGet(() -> plan.host(kind));
    }
    return mode.equals(NamespaceMode.HOST) ? plan.host(kind) : plan;
  }

  private static String hostname(
      ContainerSpec spec,
      ContainerId id,
      Optional<Neighbour> network,
      Neighbour.Search neighbours) {
    NamespaceMode uts = spec.namespaces().uts();
    if (uts.container().isPresent()) {
      return neighbours
          .find(uts.container().get())
          .map(Neighbour::hostname)
          .orElseGet(id::shortHex);
    }
    if (uts.equals(NamespaceMode.HOST)) {
      return hostnameOfThisMachine();
    }
    return spec.hostname()
        .orElseGet(() -> network.map(Neighbour::hostname).orElseGet(id::shortHex));
  }

  private static String hostnameOfThisMachine() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the name of this machine", e);
    }
  }

  private static ResourceBounds bounds(Ulimit limit) {
    ResourceLimit resource = ResourceLimit.valueOf(limit.name().toUpperCase(Locale.ROOT));
    return new ResourceBounds(resource, limit.soft(), limit.hard());
  }
}
