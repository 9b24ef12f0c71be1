package io.jollyboat.engine;

import io.jollyboat.ConflictException;
import io.jollyboat.InterruptedOperationException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The calls of an engine that are under way. Closing this ends them, as an interrupt would, and
 * waits until they have cleaned up behind themselves: what they use is closed next. Safe for use by
 * several threads.
 */
final class Underway implements AutoCloseable {
  /** Far longer than an interrupted call takes; a listener that never returns must not hold us. */
  private static final Duration LONGEST_END = Duration.ofSeconds(30);

  private final Set<Call> calls = new HashSet<>();
  private boolean closed;

  /** One call; of a thread that makes one within another, the outer one. */
  private static final class Call {
    final Thread thread = Thread.currentThread();
    boolean ended;
  }

  /**
   * Makes a call.
   *
   * @param what for the message of its early end
   * @throws ConflictException if this is closed, before or meanwhile
   */
  <T> T call(String what, Supplier<T> work) {
    Call call = begin();
    try {
      return work.get();
    } catch (RuntimeException e) {
      throw end(call) ? closedDuring(what, e) : translated(what, e);
    } finally {
      boolean unused = end(call);
    }
  }

  private synchronized Call begin() {
    if (closed) {
      throw closed();
    }
    Call call = new Call();
    calls.add(call);
    return call;
  }

  /** Whether a close had ended it; the interrupt that it did so by is taken back, once. */
  private synchronized boolean end(Call call) {
    boolean first = calls.remove(call);
    notifyAll();
    if (first && call.ended) {
      boolean unused = Thread.interrupted();
    }
    return call.ended;
  }

  static ConflictException closed() {
    return new ConflictException("the engine is closed: open another one", "engine");
  }

  private static ConflictException closedDuring(String what, RuntimeException e) {
    return new ConflictException(what + " was ended: the engine was closed meanwhile", "engine", e);
  }

  /** An interrupt shows in many ways, depending on what the thread was waiting for. */
  private static RuntimeException translated(String what, RuntimeException e) {
    if (!Thread.currentThread().isInterrupted() || e instanceof InterruptedOperationException) {
      return e;
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof ClosedByInterruptException
          || cause instanceof InterruptedIOException
          || cause instanceof InterruptedException
          || cause instanceof InterruptedOperationException) {
        return new InterruptedOperationException(what + " was interrupted", e);
      }
    }
    return e;
  }

  @Override
  public synchronized void close() {
    closed = true;
    for (Call call : calls) {
      if (!call.thread.equals(Thread.currentThread())) {
        call.ended = true;
        call.thread.interrupt();
      }
    }
    awaitEnds();
  }

  private void awaitEnds() {
    long end = System.nanoTime() + LONGEST_END.toNanos();
    boolean interrupted = false;
    while (calls.stream().anyMatch(call -> call.ended) && System.nanoTime() < end) {
      try {
        wait(100);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
