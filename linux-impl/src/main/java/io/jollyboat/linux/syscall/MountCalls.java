package io.jollyboat.linux.syscall;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Mounts that are attached nowhere; no call here changes what this process sees. */
public final class MountCalls {

  private static final int OPEN_TREE_CLONE = 1;
  private static final int AT_RECURSIVE = 0x8000;
  private static final long MOUNT_ATTR_IDMAP = 0x100000;

  /** The size of struct mount_attr. */
  private static final int MOUNT_ATTRIBUTES = 32;

  static {
    NativeAccess.register(MountCalls.class);
  }

  private MountCalls() {}

  /**
   * A copy of the mount tree at {@code path} (open_tree(2)), to be given to the launcher, which
   * attaches it in the container. A descriptor of a directory alone would not do: a mount namespace
   * takes no mounts of another.
   *
   * @param directory may be {@link FileCalls#AT_FDCWD}; with an empty path it is copied itself
   */
  public static Fd copyTree(int directory, String path, boolean recursive) {
    int flags =
        OPEN_TREE_CLONE
            | OpenFlags.O_CLOEXEC
            | (recursive ? AT_RECURSIVE : 0)
            | (path.isEmpty() ? FileCalls.AT_EMPTY_PATH : 0);
    long tree = syscall(SyscallNumber.OPEN_TREE, directory, CString.of(path), flags);
    return new Fd((int) Errno.check(tree, "open_tree", path));
  }

  /**
   * Has a tree that {@link #copyTree} has made show the ids that a user namespace maps them to
   * (mount_setattr(2), Linux 5.12).
   *
   * @param recursive what is mounted below the top, too
   */
  public static void mapIds(Fd tree, Fd userNamespace, boolean recursive) {
    try (Fd.Hold at = tree.hold();
        Fd.Hold namespace = userNamespace.hold()) {
      byte[] attributes =
          ByteBuffer.allocate(MOUNT_ATTRIBUTES)
              .order(ByteOrder.nativeOrder())
              .putLong(MOUNT_ATTR_IDMAP)
              .putLong(0)
              .putLong(0)
              .putLong(namespace.number())
              .array();
      int flags = FileCalls.AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
      long done =
          syscall(
              SyscallNumber.MOUNT_SETATTR,
              at.number(),
              CString.of(""),
              flags,
              attributes,
              MOUNT_ATTRIBUTES);
      Errno.check(done, "mount_setattr", "map ids");
    }
  }

  private static native long syscall(long number, long directory, byte[] path, long flags);

  private static native long syscall(
      long number, long directory, byte[] path, long flags, byte[] attributes, long size);
}
