package io.jollyboat.linux.syscall;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Unix sockets with a name in the file system. Safe for use by several threads. */
public final class UnixSockets {

  private static final int AF_UNIX = 1;

  /** Of the kernel's struct sockaddr_un, the NUL included. */
  private static final int LONGEST_NAME = 108;

  static {
    NativeAccess.register(UnixSockets.class);
  }

  private UnixSockets() {}

  /**
   * A socket that listens at {@code path}, which must not exist.
   *
   * @param type such as {@link SocketCalls#SOCK_SEQPACKET}
   */
  public static Fd listen(Path path, int type) {
    return at(
        path,
        type,
        (socket, address) -> {
          Errno.check(bind(socket, address, address.length), "bind", path.toString());
          Errno.check(listen(socket, 16), "listen", path.toString());
        });
  }

  /** A connection to what listens at {@code path}. */
  public static Fd connect(Path path, int type) {
    return at(
        path,
        type,
        (socket, address) ->
            FileCalls.retry(
                () -> connect(socket, address, address.length), "connect", path.toString()));
  }

  private interface Use {
    void of(int socket, byte[] address);
  }

  /**
   * The kernel takes short names only: the directory is named by a descriptor, however deep it
   * lies.
   */
  private static Fd at(Path path, int type, Use use) {
    Path directory = path.toAbsolutePath().getParent();
    String parent = directory == null ? "/" : directory.toString();
    int flags = OpenFlags.O_PATH | OpenFlags.O_DIRECTORY;
    Fd fd =
        new Fd(
            Errno.check(socket(AF_UNIX, type | OpenFlags.O_CLOEXEC, 0), "socket", path.toString()));
    try (Fd opened = FileCalls.open(parent, flags, 0)) {
      use.of(fd.number(), address(opened.path() + "/" + path.getFileName()));
      return fd;
    } catch (RuntimeException e) {
      fd.close();
      throw e;
    }
  }

  private static byte[] address(String name) {
    byte[] text = CString.of(name);
    if (text.length > LONGEST_NAME) {
      throw new KernelException("bind", name, Errno.ENAMETOOLONG);
    }
    return ByteBuffer.allocate(2 + text.length)
        .order(ByteOrder.nativeOrder())
        .putShort((short) AF_UNIX)
        .put(text)
        .array();
  }

  private static native int socket(int domain, int type, int protocol);

  private static native int bind(int socket, byte[] address, int length);

  private static native int listen(int socket, int backlog);

  private static native int connect(int socket, byte[] address, int length);
}
