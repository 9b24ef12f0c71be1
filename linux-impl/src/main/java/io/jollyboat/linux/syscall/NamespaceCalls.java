package io.jollyboat.linux.syscall;

/** Calls on namespaces, with the one by which a thread of this process changes its kernel state. */
public final class NamespaceCalls {

  private static final int CLONE_NEWNET = 0x40000000;
  private static final long NS_GET_USERNS = 0xb701;

  static {
    NativeAccess.register(NamespaceCalls.class);
  }

  private NamespaceCalls() {}

  /**
   * setns(2) of the calling thread alone into a network namespace. Sockets that it opens from now
   * on belong there for ever, whoever uses them; the thread must start no other and end at once.
   */
  public static void enterNetwork(Fd namespace) {
    Errno.check(setns(namespace.number(), CLONE_NEWNET), "setns", "network namespace");
  }

  /**
   * The user namespace that owns another namespace.
   *
   * @throws KernelException with EPERM when that is not below this process's own
   */
  public static Fd owner(Fd namespace) {
    int owner = namespace.held(number -> ioctl(number, NS_GET_USERNS, 0L));
    return new Fd(Errno.check(owner, "find the owner of", "a namespace"));
  }

  private static native int ioctl(int fd, long request, long argument);

  private static native int setns(int fd, int type);
}
