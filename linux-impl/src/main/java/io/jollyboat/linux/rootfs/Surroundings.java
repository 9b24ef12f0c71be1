package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.launcher.ResourceBounds;
import java.util.List;
import java.util.Optional;

/**
 * What a container's first process finds around it, beside files and rights. Immutable.
 *
 * @param hostname set where the namespace of names is its own
 * @param domainname the NIS domain; empty: the kernel's {@code (none)}
 * @param shmBytes size of /dev/shm where the ipc namespace is its own
 * @param limits in place of the standard ones
 * @param init a process that reaps lies between it and its program
 * @param terminal its program runs on one
 */
public record Surroundings(
    NamespacePlan namespaces,
    String hostname,
    String domainname,
    long shmBytes,
    List<ResourceBounds> limits,
    boolean init,
    Optional<Terminal> terminal) {

  /** Docker's. */
  public static final long DEFAULT_SHM_BYTES = 64 << 20;

  /** The size of a terminal at first, in characters. */
  public record Terminal(int rows, int columns) {}

  public Surroundings {
    limits = List.copyOf(limits);
  }

  /** What nobody asked to be otherwise. */
  public static Surroundings standard(NamespacePlan namespaces, String hostname) {
    return new Surroundings(
        namespaces, hostname, "", DEFAULT_SHM_BYTES, List.of(), false, Optional.empty());
  }
}
