package io.jollyboat.linux.network;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * DNS over TCP, for answers that are too long for UDP: messages with their length in two bytes
 * before them (RFC 7766). A few connections at a time, each on a thread of its own. Used by one
 * thread.
 */
final class DnsStreams implements AutoCloseable {

  private static final int MOST_CONNECTIONS = 16;
  private static final int CONNECT_MILLIS = 2000;
  private static final int SILENCE_MILLIS = 10_000;

  private final List<InetSocketAddress> resolvers;
  private final Set<SocketChannel> clients = ConcurrentHashMap.newKeySet();

  DnsStreams(List<InetSocketAddress> resolvers) {
    this.resolvers = List.copyOf(resolvers);
  }

  /** Takes a connection that has come; one too many is closed. */
  void accept(ServerSocketChannel server) {
    try {
      SocketChannel client = server.accept();
      if (client == null) {
        return;
      }
      if (clients.size() >= MOST_CONNECTIONS) {
        client.close();
        return;
      }
      clients.add(client);
      Thread thread = new Thread(() -> serve(client), "jollyboat-dns-connection");
      thread.setDaemon(true);
      thread.start();
    } catch (IOException e) {
      // The client has gone before it was taken.
      return;
    }
  }

  @Override
  public void close() {
    clients.forEach(DnsStreams::close);
  }

  private void serve(SocketChannel client) {
    try (Socket inside = client.socket();
        Socket outside = connect()) {
      inside.setSoTimeout(SILENCE_MILLIS);
      outside.setSoTimeout(SILENCE_MILLIS);
      DataInputStream queries = new DataInputStream(inside.getInputStream());
      DataInputStream answers = new DataInputStream(outside.getInputStream());
      while (true) {
        pass(queries, outside);
        pass(answers, inside);
      }
    } catch (IOException e) {
      // One of the two has closed, or was silent for too long: so is the connection closed.
      return;
    } finally {
      clients.remove(client);
      close(client);
    }
  }

  /** To the first resolver that takes a connection. */
  private Socket connect() throws IOException {
    IOException failure = new IOException("no resolver");
    for (InetSocketAddress resolver : resolvers) {
      Socket socket = new Socket();
      try {
        socket.connect(resolver, CONNECT_MILLIS);
        return socket;
      } catch (IOException e) {
        socket.close();
        failure = e;
      }
    }
    throw failure;
  }

  private static void pass(DataInputStream from, Socket to) throws IOException {
    byte[] message = new byte[from.readUnsignedShort()];
    from.readFully(message);
    DataOutputStream out = new DataOutputStream(to.getOutputStream());
    byte[] framed = new byte[message.length + 2];
    framed[0] = (byte) (message.length >> 8);
    framed[1] = (byte) message.length;
    System.arraycopy(message, 0, framed, 2, message.length);
    out.write(framed);
  }

  private static void close(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      // It is not used any more.
      return;
    }
  }
}
