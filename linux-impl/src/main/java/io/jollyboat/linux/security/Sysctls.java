package io.jollyboat.linux.security;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Kernel parameters that belong to a container's own namespaces; all others would change the host.
 */
public final class Sysctls {
  private static final Set<String> OF_IPC =
      Set.of(
          "kernel.msgmax",
          "kernel.msgmnb",
          "kernel.msgmni",
          "kernel.sem",
          "kernel.shmall",
          "kernel.shmmax",
          "kernel.shmmni",
          "kernel.shm_rmid_forced");

  /**
   * Docker's for a container with its own network: any user may bind any port and send an echo
   * request. Neither reaches further than the namespace.
   */
  private static final Map<String, String> OF_OWN_NETWORK =
      Map.of(
          "net.ipv4.ip_unprivileged_port_start", "0", "net.ipv4.ping_group_range", "0 2147483647");

  private Sysctls() {}

  /** Values by name, sorted. */
  public static Map<String, String> defaults(boolean ownNetwork) {
    return ownNetwork ? new TreeMap<>(OF_OWN_NETWORK) : Map.of();
  }

  /**
   * The file below /proc/sys, as {@code net/ipv4/ip_forward}.
   *
   * @throws IllegalArgumentException for one that is not the container's own
   */
  public static String file(String name, boolean ownNetwork, boolean ownIpc) {
    if (!allowed(name, ownNetwork, ownIpc)) {
      throw new IllegalArgumentException(
          "sysctl "
              + name
              + " is not the container's own: allowed are net.* with an own network, and kernel.msg*, kernel.sem, "
              + "kernel.shm*, fs.mqueue.* with own ipc");
    }
    return name.replace('.', '/');
  }

  private static boolean allowed(String name, boolean ownNetwork, boolean ownIpc) {
    if (!name.matches("[a-z0-9_-]+(\\.[A-Za-z0-9_-]+)+")) {
      return false;
    }
    if (name.startsWith("net.")) {
      return ownNetwork;
    }
    return ownIpc && (OF_IPC.contains(name) || name.startsWith("fs.mqueue."));
  }
}
