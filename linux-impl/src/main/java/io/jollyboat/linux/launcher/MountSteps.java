package io.jollyboat.linux.launcher;

import io.jollyboat.linux.syscall.Fd;
import java.util.Collection;

/**
 * Changes of mounts that are there already, added to a list of operations. Not safe for use by
 * several threads.
 */
public final class MountSteps {

  private static final int RECURSIVE = 4;
  private static final int PASSED_DESCRIPTOR = 8;
  private static final int KEEP_PROPAGATION = 16;
  private static final int COPY_UP = 64;

  /** Of mount_setattr(2): the kinds of access times exclude each other, so all are cleared. */
  private static final long ALL_ACCESS_TIMES = 0x70;

  private final OperationsBuilder operations;

  /** Adds to {@code operations}. */
  public MountSteps(OperationsBuilder operations) {
    this.operations = operations;
  }

  /**
   * How all mounts relate to those of the host: before {@link OperationsBuilder#pivot} the host's
   * own, as this process sees them, after it the container's root. In place of {@link
   * OperationsBuilder#separateMounts}.
   */
  public void propagation(Propagation propagation, boolean recursive) {
    long flags = propagation.flag() | (recursive ? Propagation.RECURSIVE : 0);
    operations.add(OperationCode.PROPAGATION, "make mounts " + propagation, flags, 0, 0);
  }

  /**
   * Mounts a tmpfs that starts with what it covers.
   *
   * @param options as mount(8) takes them, separated by commas; may be empty
   */
  public void copyUp(
      String target, String options, Collection<MountAttribute> attributes, MountPoint mountPoint) {
    operations.add(
        OperationCode.MOUNT,
        "mount " + target,
        MountAttribute.flags(attributes),
        mountPoint.flags() | COPY_UP,
        0,
        target,
        "tmpfs",
        "tmpfs",
        options);
  }

  /** How the host's mount that {@code path} lies on relates to others, before any mount. */
  public void propagationOfHost(String path, Propagation propagation) {
    String name = "make mount " + path + " " + propagation;
    operations.add(OperationCode.PROPAGATION, name, propagation.flag(), 0, 0, path);
  }

  /** As {@link OperationsBuilder#pivot}, where the host's root is one that cannot be let go. */
  public void coverRoot() {
    operations.add(OperationCode.PIVOT, "cover root", 1, 0, 0);
  }

  /**
   * Binds as {@link OperationsBuilder#bind} does, but keeps the relation that the source has to
   * other mounts: what is mounted there later may be seen here.
   */
  public void bindRelated(String source, String target, boolean recursive, MountPoint mountPoint) {
    long flags = mountPoint.flags() | KEEP_PROPAGATION | (recursive ? RECURSIVE : 0);
    operations.add(OperationCode.BIND, "bind " + target, 0, flags, 0, target, source, "");
  }

  /**
   * As {@link #bindRelated}, of a copy that {@link io.jollyboat.linux.syscall.MountCalls#copyTree}
   * made outside.
   */
  public void bindRelated(Fd source, String target, boolean recursive, MountPoint mountPoint) {
    long flags =
        mountPoint.flags() | PASSED_DESCRIPTOR | KEEP_PROPAGATION | (recursive ? RECURSIVE : 0);
    long passed = operations.pass(source);
    operations.add(OperationCode.BIND, "bind " + target, 0, flags, passed, target);
  }

  /**
   * Changes the attributes of the mount at {@code target} in the root.
   *
   * @param recursive of all that is mounted below it, too
   */
  public void attributes(
      String target,
      Collection<MountAttribute> set,
      Collection<MountAttribute> cleared,
      boolean accessTime,
      boolean recursive) {
    long clear = MountAttribute.flags(cleared) | (accessTime ? ALL_ACCESS_TIMES : 0);
    long flags = MountAttribute.flags(set);
    String name = "change mount " + target;
    operations.add(
        OperationCode.CHANGE_MOUNT, name, flags, clear, recursive ? RECURSIVE : 0, target);
  }

  /** Changes how the mount at {@code target} in the root relates to others. */
  public void propagation(String target, Propagation propagation, boolean recursive) {
    long flags = propagation.flag() | (recursive ? RECURSIVE : 0);
    String name = "make mount " + target + " " + propagation;
    operations.add(OperationCode.CHANGE_MOUNT, name, 0, 0, flags, target);
  }
}
