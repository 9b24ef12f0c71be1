package io.jollyboat.linux.syscall;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** TCP sockets that another process will inherit. Safe for use by several threads. */
public final class InetCalls {

  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int SOL_SOCKET = 1;
  private static final int SO_REUSEADDR = 2;
  private static final int SO_RCVTIMEO = 20;
  private static final int SO_SNDTIMEO = 21;
  private static final int IPPROTO_IPV6 = 41;
  private static final int IPV6_V6ONLY = 26;
  private static final int SOCKADDR_IN = 16;
  private static final int SOCKADDR_IN6 = 28;

  static {
    NativeAccess.register(InetCalls.class);
  }

  private InetCalls() {}

  /**
   * A non-blocking socket that listens on {@code address}; port 0 is any free one. An IPv6 address
   * takes IPv6 connections only, so that {@code 0.0.0.0} and {@code ::} can have the same port.
   */
  public static Fd listen(InetSocketAddress address, int backlog) {
    boolean four = address.getAddress() instanceof Inet4Address;
    int type = SocketCalls.SOCK_STREAM | OpenFlags.O_CLOEXEC | OpenFlags.O_NONBLOCK;
    String what = address.toString();
    Fd fd = new Fd(Errno.check(socket(four ? AF_INET : AF_INET6, type, 0), "socket", what));
    try {
      int number = fd.number();
      turnOn(number, SOL_SOCKET, SO_REUSEADDR, what);
      if (!four) {
        turnOn(number, IPPROTO_IPV6, IPV6_V6ONLY, what);
      }
      byte[] bytes = encode(address);
      Errno.check(bind(number, bytes, bytes.length), "bind", what);
      Errno.check(listen(number, backlog), "listen", what);
      return fd;
    } catch (KernelException e) {
      fd.close();
      throw e;
    }
  }

  /** {@code AF_INET} or {@code AF_INET6}. */
  public static int family(InetAddress address) {
    return address instanceof Inet4Address ? AF_INET : AF_INET6;
  }

  /** Lets connect(2), write(2) and read(2) wait no longer than this, at least a millisecond. */
  public static void limitWaiting(Fd socket, long millis) {
    long most = Math.max(1, millis);
    byte[] time =
        ByteBuffer.allocate(16)
            .order(ByteOrder.nativeOrder())
            .putLong(most / 1000)
            .putLong(most % 1000 * 1000)
            .array();
    for (int option : new int[] {SO_RCVTIMEO, SO_SNDTIMEO}) {
      int result = setsockopt(socket.number(), SOL_SOCKET, option, time, time.length);
      Errno.check(result, "setsockopt", socket.toString());
    }
  }

  /** connect(2). */
  public static void connect(Fd socket, InetSocketAddress address) {
    byte[] bytes = encode(address);
    int number = socket.number();
    FileCalls.retry(() -> connect(number, bytes, bytes.length), "connect", address.toString());
  }

  /** getsockname(2): the port that the socket has. */
  public static int localPort(Fd socket) {
    byte[] address = new byte[SOCKADDR_IN6];
    int result = getsockname(socket.number(), address, new int[] {address.length});
    Errno.check(result, "getsockname", socket.toString());
    return Short.toUnsignedInt(ByteBuffer.wrap(address).getShort(2));
  }

  /** The family in the machine's byte order, the port and the address in the network's. */
  private static byte[] encode(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    boolean four = ip instanceof Inet4Address;
    ByteBuffer bytes = ByteBuffer.allocate(four ? SOCKADDR_IN : SOCKADDR_IN6);
    bytes.order(ByteOrder.nativeOrder()).putShort((short) (four ? AF_INET : AF_INET6));
    bytes.order(ByteOrder.BIG_ENDIAN).putShort((short) address.getPort());
    bytes.position(four ? 4 : 8).put(ip.getAddress());
    return bytes.array();
  }

  private static void turnOn(int socket, int level, int name, String what) {
    byte[] one = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(1).array();
    Errno.check(setsockopt(socket, level, name, one, one.length), "setsockopt", what);
  }

  private static native int socket(int domain, int type, int protocol);

  private static native int setsockopt(int socket, int level, int name, byte[] value, int length);

  private static native int connect(int socket, byte[] address, int length);

  private static native int bind(int socket, byte[] address, int length);

  private static native int listen(int socket, int backlog);

  private static native int getsockname(int socket, byte[] address, int[] length);
}
