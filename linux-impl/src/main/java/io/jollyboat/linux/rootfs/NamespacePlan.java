package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.launcher.Namespace;
import io.jollyboat.linux.launcher.OperationsBuilder;
import io.jollyboat.linux.syscall.Fd;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Whose namespaces a process lives in; a kind that is neither its own nor joined is this machine's.
 * Immutable.
 *
 * @param own new ones, that of mounts among them
 * @param joined descriptors of the processes (pidfd_open(2)) in whose ones it lives; they stay the
 *     caller's
 */
public record NamespacePlan(Set<Namespace> own, Map<Namespace, Fd> joined) {
  /** What a container has by default. */
  public static final NamespacePlan ALL_OWN =
      new NamespacePlan(
          EnumSet.of(
              Namespace.MOUNT,
              Namespace.PID,
              Namespace.IPC,
              Namespace.UTS,
              Namespace.CGROUP,
              Namespace.NETWORK),
          Map.of());

  public NamespacePlan {
    if (!own.contains(Namespace.MOUNT) || joined.keySet().stream().anyMatch(own::contains)) {
      throw new IllegalArgumentException("own " + own + ", joined " + joined.keySet());
    }
    own = Set.copyOf(own);
    joined = Map.copyOf(joined);
  }

  /** With this machine's in place of its own. */
  public NamespacePlan host(Namespace kind) {
    return new NamespacePlan(without(kind), joined);
  }

  /** With those of another process in place of its own. */
  public NamespacePlan join(Namespace kind, Fd process) {
    Map<Namespace, Fd> more = new EnumMap<>(Namespace.class);
    more.putAll(joined);
    more.put(kind, process);
    return new NamespacePlan(without(kind), more);
  }

  private Set<Namespace> without(Namespace kind) {
    Set<Namespace> rest = EnumSet.copyOf(own);
    rest.remove(kind);
    return rest;
  }

  /** Whether the process has a new one of that kind. */
  public boolean isOwn(Namespace kind) {
    return own.contains(kind);
  }

  /** Whether the process has that of this machine. */
  public boolean isHost(Namespace kind) {
    return !own.contains(kind) && !joined.containsKey(kind);
  }

  /** Those that the process is born in; that of its groups it enters once it is in them. */
  public Set<Namespace> born() {
    return without(Namespace.CGROUP);
  }

  /**
   * While the files of the groups can be seen, and after the process is in them. That of process
   * ids the parent has entered, for it holds for children only.
   */
  void enter(OperationsBuilder operations) {
    Map<Fd, Set<Namespace>> kinds = new LinkedHashMap<>();
    joined.forEach(
        (kind, process) -> {
          if (kind != Namespace.PID) {
            kinds.computeIfAbsent(process, p -> EnumSet.noneOf(Namespace.class)).add(kind);
          }
        });
    kinds.forEach(operations::joinNamespaces);
    if (isOwn(Namespace.CGROUP)) {
      operations.unshare(Namespace.CGROUP);
    }
  }
}
