package io.jollyboat.build;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A socket that one step sees in place of the caller's ssh agent, with the owner and mode that the
 * step asks for: whoever connects speaks to the agent. Closing it ends what is spoken. Safe for use
 * by several threads.
 */
final class AgentRelay implements AutoCloseable {
  private static final int BUFFER = 1 << 14;

  private final Path agent;
  private final ServerSocketChannel server;
  private final List<SocketChannel> open = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private boolean closed;

  private AgentRelay(Path agent, ServerSocketChannel server) {
    this.agent = agent;
    this.server = server;
  }

  /**
   * @param socket is made by this call
   */
  static AgentRelay start(Path agent, Path socket) throws IOException {
    connect(agent).close(); // an agent that is not there is told before the step runs
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      AgentRelay relay = new AgentRelay(agent, server.bind(UnixDomainSocketAddress.of(socket)));
      relay.run(relay::accept);
      return relay;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private static SocketChannel connect(Path agent) throws IOException {
    try {
      return SocketChannel.open(UnixDomainSocketAddress.of(agent));
    } catch (IOException e) {
      throw new IOException("no ssh agent answers at " + agent + ": " + e.getMessage(), e);
    }
  }

  private synchronized void run(Runnable work) {
    Thread thread = new Thread(work, "jollyboat-ssh-agent");
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = server.accept();
        join(client);
      }
    } catch (IOException e) {
      return; // closed
    }
  }

  private synchronized void join(SocketChannel client) throws IOException {
    open.add(client);
    if (closed) {
      client.close();
      return;
    }
    SocketChannel upstream;
    try {
      upstream = connect(agent);
    } catch (IOException e) {
      client.close(); // what the client sees of an agent that has gone
      return;
    }
    open.add(upstream);
    run(() -> copy(client, upstream));
    run(() -> copy(upstream, client));
  }

  private static void copy(SocketChannel from, SocketChannel to) {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    try {
      while (from.read(buffer) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          int unused = to.write(buffer);
        }
        buffer.clear();
      }
      SocketChannel unused = to.shutdownOutput();
    } catch (IOException e) {
      closeQuietly(to, e);
    }
  }

  /** One end has gone, so the other goes. */
  private static void closeQuietly(SocketChannel channel, IOException reason) {
    try {
      channel.close();
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    List<Thread> running;
    synchronized (this) {
      closed = true;
      for (SocketChannel channel : open) {
        channel.close();
      }
      running = List.copyOf(threads);
    }
    boolean interrupted = false;
    for (Thread thread : running) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
