package io.jollyboat.linux.syscall;

/** The one call by which a thread of this process changes its kernel state. */
public final class NamespaceCalls {

  private static final int CLONE_NEWNET = 0x40000000;

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

  private static native int setns(int fd, int type);
}
