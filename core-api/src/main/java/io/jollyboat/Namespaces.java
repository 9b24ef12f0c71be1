package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;

/**
 * Whose namespaces a container lives in, beside that of its network. A value.
 *
 * @param pid of process ids
 * @param ipc of System V and POSIX queues, semaphores and shared memory
 * @param uts of host and domain name
 * @param cgroup of what it sees of control groups
 */
@CheckReturnValue
public record Namespaces(
    NamespaceMode pid, NamespaceMode ipc, NamespaceMode uts, NamespaceMode cgroup) {
  /** All of its own. */
  public static final Namespaces OWN =
      new Namespaces(NamespaceMode.OWN, NamespaceMode.OWN, NamespaceMode.OWN, NamespaceMode.OWN);

  public Namespaces pid(NamespaceMode mode) {
    return new Namespaces(mode, ipc, uts, cgroup);
  }

  public Namespaces ipc(NamespaceMode mode) {
    return new Namespaces(pid, mode, uts, cgroup);
  }

  public Namespaces uts(NamespaceMode mode) {
    return new Namespaces(pid, ipc, mode, cgroup);
  }

  public Namespaces cgroup(NamespaceMode mode) {
    return new Namespaces(pid, ipc, uts, mode);
  }
}
