package io.jollyboat.linux.syscall;

/** Mounts that are attached nowhere; no call here changes what this process sees. */
public final class MountCalls {

  private static final int OPEN_TREE_CLONE = 1;
  private static final int AT_RECURSIVE = 0x8000;

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

  private static native long syscall(long number, long directory, byte[] path, long flags);
}
