package io.jollyboat.linux.syscall;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Netlink sockets: the kernel's links, addresses, routes and packet rules. */
public final class NetlinkCalls {

  /** Links, addresses and routes. */
  public static final int NETLINK_ROUTE = 0;

  /** Packet rules. */
  public static final int NETLINK_NETFILTER = 12;

  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW = 3;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;
  private static final int SOL_NETLINK = 270;
  private static final int NETLINK_CAP_ACK = 10;
  private static final int SOCKADDR_NL = 12;
  private static final long ANSWER_SECONDS = 20;

  static {
    NativeAccess.register(NetlinkCalls.class);
  }

  private NetlinkCalls() {}

  /**
   * A bound socket of the network namespace in which the calling thread is. Error answers do not
   * repeat the request, and a kernel that never answers is {@code EAGAIN} after twenty seconds.
   */
  public static Fd open(int protocol) {
    int type = SOCK_RAW | OpenFlags.O_CLOEXEC;
    Fd fd = new Fd(Errno.check(socket(AF_NETLINK, type, protocol), "socket", "netlink"));
    try {
      configure(fd.number());
      return fd;
    } catch (KernelException e) {
      fd.close();
      throw e;
    }
  }

  /** send(2) of whole messages: the kernel has handled them all when this returns. */
  public static void send(Fd socket, byte[] messages) {
    int number = socket.number();
    FileCalls.retry(() -> (int) send(number, messages, messages.length, 0), "send", "netlink");
  }

  /** recv(2) of one datagram into a direct buffer, which then lies from 0 to the datagram's end. */
  public static void receive(Fd socket, ByteBuffer buffer) {
    buffer.clear();
    int number = socket.number();
    int room = buffer.capacity();
    int length =
        FileCalls.retry(() -> (int) recv(number, buffer, room, 0), "receive from", "netlink");
    buffer.limit(length);
  }

  private static void configure(int socket) {
    byte[] address = new byte[SOCKADDR_NL];
    ByteBuffer.wrap(address).order(ByteOrder.nativeOrder()).putShort((short) AF_NETLINK);
    Errno.check(bind(socket, address, address.length), "bind", "netlink");
    byte[] wait = new byte[16];
    ByteBuffer.wrap(wait).order(ByteOrder.nativeOrder()).putLong(ANSWER_SECONDS);
    Errno.check(
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, wait, wait.length), "setsockopt", "netlink");
    byte[] one = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(1).array();
    Errno.check(
        setsockopt(socket, SOL_NETLINK, NETLINK_CAP_ACK, one, one.length), "setsockopt", "netlink");
  }

  private static native int socket(int domain, int type, int protocol);

  private static native int bind(int socket, byte[] address, int length);

  private static native int setsockopt(int socket, int level, int name, byte[] value, int length);

  private static native long send(int socket, byte[] bytes, long length, int flags);

  private static native long recv(int socket, Buffer bytes, long length, int flags);
}
