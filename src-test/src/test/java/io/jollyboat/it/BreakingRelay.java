package io.jollyboat.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A port of 127.0.0.1 that hands everything on to another one, but resets its first connections
 * after so many bytes in either direction.
 */
final class BreakingRelay implements AutoCloseable {
  private static final int CHUNK = 16 * 1024;

  private final ServerSocket listener;
  private final int target;
  private final long breakAfter;
  private final AtomicInteger left;
  private final AtomicInteger broken = new AtomicInteger();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final List<Thread> threads = new ArrayList<>();

  /**
   * @param times how many connections break, once each
   */
  BreakingRelay(int target, int times, long breakAfter) {
    this.target = target;
    this.breakAfter = breakAfter;
    this.left = new AtomicInteger(times);
    try {
      this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start(this::accept);
  }

  String host() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  /** How many connections it has broken. */
  int broken() {
    return broken.get();
  }

  private synchronized void start(Runnable task) {
    Thread thread = new Thread(task, "breaking-relay");
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        open.addAll(List.of(client, server));
        start(() -> pass(client, server));
        start(() -> pass(server, client));
      } catch (IOException e) {
        // Closed: the loop ends.
      }
    }
  }

  private void pass(Socket from, Socket to) {
    long passed = 0;
    byte[] chunk = new byte[CHUNK];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        out.write(chunk, 0, count);
        passed += count;
        if (passed >= breakAfter && left.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
          broken.incrementAndGet();
          from.setSoLinger(true, 0);
          to.setSoLinger(true, 0);
          break;
        }
      }
    } catch (IOException e) {
      // The other side is gone: so is this one.
    } finally {
      close(from);
      close(to);
    }
  }

  private void close(Socket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open.forEach(this::close);
    List<Thread> all;
    synchronized (this) {
      all = List.copyOf(threads);
    }
    for (Thread thread : all) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
