package io.jollyboat.engine;

import io.jollyboat.NetworkMode;
import io.jollyboat.linux.cgroup.ContainerCgroup;
import io.jollyboat.linux.network.PublishedPort;
import io.jollyboat.linux.process.MonitoredProcess;
import io.jollyboat.linux.userns.UserNamespace;
import java.net.Inet4Address;
import java.util.List;
import java.util.Optional;

/**
 * A process with all that was made for it. Closing it kills the process and removes the rest, in
 * reverse order. Safe for use by several threads.
 *
 * @param plan as it was started
 * @param users the user namespace that its others belong to, for all but root
 * @param tracers in its pid namespace
 * @param control what can be changed of it
 * @param serving what others reach it by, and nobody once it has ended
 * @param here what of a detached one is in this process, and goes when it is let go
 */
record IsolatedProcess(
    ProcessPlan plan,
    MonitoredProcess process,
    ContainerCgroup cgroup,
    List<PublishedPort> ports,
    Optional<Inet4Address> address,
    Optional<UserNamespace> users,
    Tracers tracers,
    ResourceControl control,
    CloseStack serving,
    CloseStack all,
    CloseStack here)
    implements AutoCloseable {

  /** Whether the links of its network are its own, or shared with a container. */
  boolean ownNetwork() {
    return !plan.network().equals(NetworkMode.HOST);
  }

  /** Whether the kernel killed a process of it for want of memory. */
  boolean ranOutOfMemory() {
    return cgroup.outOfMemoryKills() > 0;
  }

  /**
   * Leaves a detached one to itself. Its groups stay even where it has ended: another engine may
   * have started it again.
   */
  void letGo() {
    here.close();
  }

  /** It has ended: its ports are free for others before it is removed or started again. */
  void freePorts() {
    serving.close();
  }

  @Override
  public void close() {
    all.close();
  }
}
