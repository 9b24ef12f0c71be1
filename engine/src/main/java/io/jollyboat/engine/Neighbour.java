package io.jollyboat.engine;

import io.jollyboat.linux.syscall.Pid;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A running container that lends namespaces to another. Immutable.
 *
 * @param process its first one
 * @param directory with the files that are bound into it
 * @param address on the bridge
 */
record Neighbour(Pid process, Path directory, String hostname, Optional<Inet4Address> address) {

  /** Finds the container that runs under a name or id. */
  @FunctionalInterface
  interface Search {
    /** For what needs nobody else's namespaces, such as the container's files. */
    Search NOBODY = nameOrId -> Optional.empty();

    /**
     * @return nothing where nobody is asked: the namespace is then another's, whose is not known
     * @throws io.jollyboat.ConflictException if it does not run
     * @throws IllegalArgumentException if there is none, or one of another engine
     */
    Optional<Neighbour> find(String nameOrId);
  }
}
