package io.jollyboat.linux.security;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

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

  /** Parts between dots; a slash stands for a dot in the name of a network interface. */
  private static final Pattern NAME =
      Pattern.compile("[a-z0-9_-]+(\\.[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*)+");

  /**
   * Docker's for a container with its own network: any user may bind any port and send an echo
   * request. Neither reaches further than the namespace.
   */
  private static final Map<String, String> OF_OWN_NETWORK =
      Map.of(
          "net.ipv4.ip_unprivileged_port_start", "0", "net.ipv4.ping_group_range", "0 2147483647");

  private Sysctls() {}

  /**
   * Values by name, sorted.
   *
   * @param lastGroup the largest group id of the user namespace: the kernel takes no range beyond
   */
  public static Map<String, String> defaults(boolean ownNetwork, long lastGroup) {
    if (!ownNetwork) {
      return Map.of();
    }
    Map<String, String> values = new TreeMap<>(OF_OWN_NETWORK);
    values.computeIfPresent(
        "net.ipv4.ping_group_range",
        (name, all) -> lastGroup < Integer.MAX_VALUE ? "0 " + lastGroup : all);
    return values;
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
              + " cannot be set: "
              + refusal(name)
              + "; allowed are net.* with an own network, and kernel.msg*, kernel.sem, "
              + "kernel.shm*, fs.mqueue.* with own ipc");
    }
    return swapped(name);
  }

  private static String refusal(String name) {
    if (!NAME.matcher(name).matches()) {
      return "no parameter has that name";
    }
    if (name.startsWith("net.")) {
      return "the container shares its network with others";
    }
    return OF_IPC.contains(name) || name.startsWith("fs.mqueue.")
        ? "the container shares its ipc with others"
        : "it is no parameter of a container's own but of the whole machine";
  }

  /** Which separator comes first is the separator; the other one is part of a name. */
  public static String normalized(String name) {
    int dot = name.indexOf('.');
    int slash = name.indexOf('/');
    if (slash < 0 || (dot >= 0 && dot < slash)) {
      return name;
    }
    return swapped(name);
  }

  private static String swapped(String name) {
    StringBuilder swapped = new StringBuilder(name);
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      swapped.setCharAt(i, c == '/' ? '.' : c == '.' ? '/' : c);
    }
    return swapped.toString();
  }

  private static boolean allowed(String name, boolean ownNetwork, boolean ownIpc) {
    if (!NAME.matcher(name).matches()) {
      return false;
    }
    if (name.startsWith("net.")) {
      return ownNetwork;
    }
    return ownIpc && (OF_IPC.contains(name) || name.startsWith("fs.mqueue."));
  }
}
