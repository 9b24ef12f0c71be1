package io.jollyboat.linux.network;

import io.jollyboat.linux.syscall.Pid;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.util.List;

/**
 * A resolver inside a container's network namespace, on {@code 127.0.0.11} port 53 by UDP and TCP,
 * that asks the host's resolvers from the host's network: for hosts whose resolver listens on their
 * loopback. It works as long as this process does. Safe for use by several threads.
 */
public final class DnsForwarder implements AutoCloseable {

  private static final int PORT = 53;
  private static final long JOIN_MILLIS = 2000;

  private final Selector selector;
  private final Inside inside;
  private final DnsDatagrams queries;
  private final DnsStreams connections;
  private final Thread loop;
  private volatile boolean closed;

  private DnsForwarder(Selector selector, Inside inside, List<InetSocketAddress> resolvers) {
    this.selector = selector;
    this.inside = inside;
    this.queries = new DnsDatagrams(selector, inside.datagrams(), resolvers);
    this.connections = new DnsStreams(resolvers);
    // Made here, on the host: a thread is born in the network namespace of the one that makes it.
    this.loop = new Thread(this::run, "jollyboat-dns");
    this.loop.setDaemon(true);
  }

  /** The two sockets in the container. */
  private record Inside(DatagramChannel datagrams, ServerSocketChannel streams) {

    static Inside open() throws IOException {
      InetSocketAddress here = new InetSocketAddress(ResolvConf.FORWARDER, PORT);
      DatagramChannel datagrams = DatagramChannel.open(StandardProtocolFamily.INET);
      try {
        ServerSocketChannel streams = ServerSocketChannel.open(StandardProtocolFamily.INET);
        try {
          datagrams.bind(here).configureBlocking(false);
          streams.bind(here).configureBlocking(false);
          return new Inside(datagrams, streams);
        } catch (IOException | RuntimeException e) {
          streams.close();
          throw e;
        }
      } catch (IOException | RuntimeException e) {
        datagrams.close();
        throw e;
      }
    }
  }

  /**
   * Starts to answer in the container whose first process is {@code init}; its loopback must be up.
   *
   * @param resolvers asked in this order
   * @throws IOException if something in the container listens there already
   * @throws io.jollyboat.linux.syscall.KernelException if the process is gone
   */
  public static DnsForwarder start(Pid init, List<InetAddress> resolvers) throws IOException {
    return startWithPorts(
        init, resolvers.stream().map(address -> new InetSocketAddress(address, PORT)).toList());
  }

  /** As {@link #start}, with resolvers that have ports of their own. */
  static DnsForwarder startWithPorts(Pid init, List<InetSocketAddress> resolvers)
      throws IOException {
    try (NetworkNamespace namespace = NetworkNamespace.of(init)) {
      Inside inside = namespace.open(Inside::open);
      Selector selector = Selector.open();
      inside.datagrams().register(selector, SelectionKey.OP_READ);
      inside.streams().register(selector, SelectionKey.OP_ACCEPT);
      DnsForwarder forwarder = new DnsForwarder(selector, inside, resolvers);
      forwarder.loop.start();
      return forwarder;
    }
  }

  @Override
  public void close() {
    closed = true;
    selector.wakeup();
    try {
      loop.join(JOIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try (selector;
        DatagramChannel datagrams = inside.datagrams();
        ServerSocketChannel streams = inside.streams();
        queries;
        connections) {
      while (!closed && datagrams.isOpen() && streams.isOpen()) {
        selector.select(queries.millisToNextDeadline());
        for (SelectionKey key : selector.selectedKeys()) {
          handle(key);
        }
        selector.selectedKeys().clear();
        queries.expire();
      }
    } catch (IOException | ClosedSelectorException e) {
      System.getLogger(DnsForwarder.class.getName())
          .log(System.Logger.Level.WARNING, "a container's resolver ended", e);
    }
  }

  private void handle(SelectionKey key) {
    if (!key.isValid()) {
      return;
    }
    if (key.channel() == inside.datagrams()) {
      queries.receive();
    } else if (key.channel() == inside.streams()) {
      connections.accept(inside.streams());
    } else {
      queries.answer(key);
    }
  }
}
