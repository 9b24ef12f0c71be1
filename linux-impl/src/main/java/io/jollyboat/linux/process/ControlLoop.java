package io.jollyboat.linux.process;

import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.PollCalls;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One thread that waits on many descriptors. Handlers run on it, one at a time, and must not wait.
 * Safe for use by several threads.
 */
final class ControlLoop implements AutoCloseable {

  /** Told that its descriptor can be read; false when it wants to hear no more of it. */
  interface Handler {
    boolean readable();

    /** Called once, after the last {@link #readable}, whoever ended it; closes the descriptor. */
    void ended();
  }

  private static final int MOST_EVENTS = 64;
  private static final long WAKE = 0;

  private final Fd epoll = PollCalls.create();
  private final Fd wake = PollCalls.eventCounter();
  private final AtomicLong lastKey = new AtomicLong(WAKE);
  private final Map<Long, Registered> handlers = new ConcurrentHashMap<>();
  private final Thread thread = new Thread(this::run, "jollyboat-control");
  private volatile boolean closed;

  private record Registered(Fd fd, Handler handler) {}

  /** Starts the thread. */
  ControlLoop() {
    PollCalls.add(epoll, wake, PollCalls.EPOLLIN, WAKE);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * From now on {@code handler} is called when {@code fd} can be read or has ended; when this
   * throws it never is.
   *
   * @throws IllegalStateException if the loop is closed
   */
  synchronized void register(Fd fd, Handler handler) {
    if (closed) {
      throw new IllegalStateException("the engine is closed");
    }
    long key = lastKey.incrementAndGet();
    handlers.put(key, new Registered(fd, handler));
    try {
      PollCalls.add(epoll, fd, PollCalls.EPOLLIN, key);
    } catch (RuntimeException e) {
      handlers.remove(key);
      throw e;
    }
  }

  /** Whether the calling thread is the loop's own, which must not wait for itself. */
  boolean isCurrentThread() {
    return Thread.currentThread().equals(thread);
  }

  /** Ends all handlers and the thread. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    PollCalls.signal(wake);
    join();
    handlers.values().forEach(ControlLoop::end);
    handlers.clear();
    wake.close();
    epoll.close();
  }

  private void join() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!closed) {
      for (PollCalls.Event event : PollCalls.await(epoll, MOST_EVENTS, -1)) {
        if (event.key() != WAKE) {
          serve(event.key());
        }
      }
    }
  }

  private void serve(long key) {
    Registered registered = handlers.get(key);
    if (registered == null) {
      return;
    }
    boolean more;
    try {
      more = registered.handler().readable();
    } catch (RuntimeException | Error e) {
      // One broken connection must not end the others: it is treated as closed.
      failed(e);
      more = false;
    }
    if (!more) {
      handlers.remove(key);
      try {
        PollCalls.remove(epoll, registered.fd());
      } catch (RuntimeException e) {
        failed(e);
      }
      end(registered);
    }
  }

  private static void end(Registered registered) {
    try {
      registered.handler().ended();
    } catch (RuntimeException | Error e) {
      failed(e);
    }
  }

  private static void failed(Throwable e) {
    System.getLogger(ControlLoop.class.getName())
        .log(System.Logger.Level.WARNING, "a monitor's connection failed", e);
  }
}
