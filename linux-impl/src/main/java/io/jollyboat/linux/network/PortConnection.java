package io.jollyboat.linux.network;

import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.InetCalls;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.userns.UserNamespace;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;

/** A connection to a port in a container. Not safe for use by several threads. */
interface PortConnection extends Closeable {
  /** Sends all of it. */
  void send(byte[] bytes) throws IOException;

  /** The next byte, or -1 at the end; an exception when it does not come in time. */
  int receive(int millis) throws IOException;

  /** Made in the namespace by a thread that has entered it. */
  static PortConnection of(InetSocketAddress address, int millis) throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.socket().connect(address, millis);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    Socket socket = channel.socket();
    return new PortConnection() {
      @Override
      public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
      }

      @Override
      public int receive(int limit) throws IOException {
        socket.setSoTimeout(limit);
        return socket.getInputStream().read();
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }

  /** Made by the keeper of a user namespace, where no thread of ours may enter. */
  static PortConnection inside(
      UserNamespace users, NetworkNamespace network, InetSocketAddress address, int millis)
      throws IOException {
    try {
      Fd socket = users.streamSocket(network.fd(), InetCalls.family(address.getAddress()));
      try {
        InetCalls.limitWaiting(socket, millis);
        InetCalls.connect(socket, address);
      } catch (KernelException e) {
        socket.close();
        throw e;
      }
      return of(socket);
    } catch (KernelException e) {
      throw new IOException(e);
    }
  }

  private static PortConnection of(Fd socket) {
    return new PortConnection() {
      @Override
      public void send(byte[] bytes) throws IOException {
        try {
          FileCalls.writeFully(socket, bytes);
        } catch (KernelException e) {
          throw new IOException(e);
        }
      }

      @Override
      public int receive(int limit) throws IOException {
        byte[] one = new byte[1];
        try {
          InetCalls.limitWaiting(socket, limit);
          return FileCalls.read(socket, one) == 0 ? -1 : one[0] & 0xff;
        } catch (KernelException e) {
          throw new IOException(e);
        }
      }

      @Override
      public void close() {
        socket.close();
      }
    };
  }
}
