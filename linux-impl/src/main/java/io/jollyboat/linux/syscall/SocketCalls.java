package io.jollyboat.linux.syscall;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** Calls on unix sockets, descriptor passing included. Safe for use by several threads. */
public final class SocketCalls {

  public static final int SOCK_STREAM = 1;
  public static final int SOCK_DGRAM = 2;
  public static final int SOCK_SEQPACKET = 5;

  public static final int MSG_DONTWAIT = 0x40;
  public static final int MSG_NOSIGNAL = 0x4000;

  /** Of a socket's path, in bytes. */
  public static final int LONGEST_PATH = 107;

  private static final int AF_UNIX = 1;
  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;

  private static final int MESSAGE_HEADER = 56;
  private static final int CONTROL_HEADER = 16;
  private static final int MOST_FDS = 16;

  static {
    NativeAccess.register(SocketCalls.class);
  }

  private SocketCalls() {}

  /** Two connected sockets. */
  public record Pair(Fd first, Fd second) implements AutoCloseable {
    @Override
    public void close() {
      first.close();
      second.close();
    }
  }

  /** socketpair(2) in the unix domain, both ends close-on-exec. */
  public static Pair pair(int type) {
    int[] ends = new int[2];
    int result = socketpair(AF_UNIX, type | OpenFlags.O_CLOEXEC, 0, ends);
    Errno.check(result, "socketpair", "");
    return new Pair(new Fd(ends[0]), new Fd(ends[1]));
  }

  /**
   * A stream socket that listens at {@code path}, where nothing may be yet.
   *
   * @throws KernelException with ENAMETOOLONG for a path of more than {@value #LONGEST_PATH} bytes
   */
  public static Fd listen(String path, int backlog) {
    Fd socket = stream();
    try {
      byte[] address = address(path);
      Errno.check(bind(socket.number(), address, address.length), "bind", path);
      Errno.check(listen(socket.number(), backlog), "listen", path);
      return socket;
    } catch (RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /** A stream socket that is connected to the one that listens at {@code path}. */
  public static Fd connect(String path) {
    Fd socket = stream();
    try {
      byte[] address = address(path);
      int number = socket.number();
      int unused = FileCalls.retry(() -> connect(number, address, address.length), "connect", path);
      return socket;
    } catch (RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private static Fd stream() {
    int socket = socket(AF_UNIX, SOCK_STREAM | OpenFlags.O_CLOEXEC, 0);
    return new Fd(Errno.check(socket, "socket", ""));
  }

  /** struct sockaddr_un, up to the path's NUL. */
  private static byte[] address(String path) {
    byte[] name = CString.of(path);
    if (name.length > LONGEST_PATH + 1) {
      throw new KernelException("socket at", path, Errno.ENAMETOOLONG);
    }
    return ByteBuffer.allocate(2 + name.length)
        .order(ByteOrder.nativeOrder())
        .putShort((short) AF_UNIX)
        .put(name)
        .array();
  }

  /** Sends all of {@code bytes}, waiting while the peer does not read. */
  public static void sendFully(Fd socket, byte[] bytes) {
    byte[] rest = bytes;
    while (rest.length > 0) {
      byte[] now = rest;
      int sent =
          socket.held(
              number ->
                  FileCalls.retry(
                      () -> (int) send(number, now, now.length, MSG_NOSIGNAL),
                      "send",
                      socket.toString()));
      rest = Arrays.copyOfRange(now, sent, now.length);
    }
  }

  /** sendmsg(2) of {@code bytes} with {@code fds}; returns how many bytes were taken. */
  public static int send(Fd socket, byte[] bytes, List<Fd> fds, int flags) {
    try (Memory message = message(bytes.length, fds.size())) {
      message.write(data(message), bytes, 0, bytes.length);
      if (!fds.isEmpty()) {
        long control = MESSAGE_HEADER;
        message.setLong(control, CONTROL_HEADER + 4L * fds.size());
        message.setInt(control + 8, SOL_SOCKET);
        message.setInt(control + 12, SCM_RIGHTS);
        for (int i = 0; i < fds.size(); i++) {
          message.setInt(control + CONTROL_HEADER + 4L * i, fds.get(i).number());
        }
      }
      long start = Pointer.nativeValue(message);
      return socket.held(
          number ->
              FileCalls.retry(
                  () -> (int) sendmsg(number, start, flags | MSG_NOSIGNAL),
                  "sendmsg",
                  socket.toString()));
    }
  }

  /**
   * recvmsg(2) into the start of {@code buffer}; at most sixteen descriptors that came along are
   * added to {@code fds}, and are the caller's to close. Returns 0 when the peer has closed.
   */
  public static int receive(Fd socket, byte[] buffer, List<Fd> fds, int flags) {
    try (Memory message = message(buffer.length, MOST_FDS)) {
      long start = Pointer.nativeValue(message);
      int length =
          socket.held(
              number ->
                  FileCalls.retry(
                      () -> (int) recvmsg(number, start, flags | MSG_CMSG_CLOEXEC),
                      "recvmsg",
                      socket.toString()));
      message.read(data(message), buffer, 0, length);
      takeFds(message, fds);
      return length;
    }
  }

  private static void takeFds(Memory message, List<Fd> fds) {
    long control = MESSAGE_HEADER;
    boolean any = message.getLong(40) >= CONTROL_HEADER;
    if (any && message.getInt(control + 12) == SCM_RIGHTS) {
      long end = message.getLong(control);
      for (long at = CONTROL_HEADER; at + 4 <= end; at += 4) {
        fds.add(new Fd(message.getInt(control + at)));
      }
    }
  }

  /** struct msghdr, then the control block, one iovec and the data. */
  private static Memory message(int length, int fds) {
    int control = fds == 0 ? 0 : CONTROL_HEADER + (4 * fds + 7 & ~7);
    int vector = MESSAGE_HEADER + control;
    Memory message = new Memory(vector + 16L + Math.max(1, length));
    message.clear();
    message.setPointer(16, message.share(vector));
    message.setLong(24, 1);
    if (control > 0) {
      message.setPointer(32, message.share(MESSAGE_HEADER));
      message.setLong(40, fds == MOST_FDS ? control : CONTROL_HEADER + 4L * fds);
    }
    message.setPointer(vector, message.share(vector + 16L));
    message.setLong(vector + 8L, length);
    return message;
  }

  private static long data(Memory message) {
    long vector = Pointer.nativeValue(message.getPointer(16)) - Pointer.nativeValue(message);
    return vector + 16;
  }

  private static native int socketpair(int domain, int type, int protocol, int[] ends);

  private static native int socket(int domain, int type, int protocol);

  private static native int bind(int socket, byte[] address, int length);

  private static native int listen(int socket, int backlog);

  private static native int connect(int socket, byte[] address, int length);

  private static native long send(int socket, byte[] bytes, long length, int flags);

  private static native long sendmsg(int socket, long message, int flags);

  private static native long recvmsg(int socket, long message, int flags);
}
