package io.jollyboat.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Things to close in the reverse order of their making. Safe for use by several threads. */
final class CloseStack implements AutoCloseable {
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  synchronized <T extends AutoCloseable> T push(T closeable) {
    open.push(closeable);
    return closeable;
  }

  /** Closes all, whatever fails; what failed is added to the failure that led here. */
  void closeAfter(Throwable failure) {
    try {
      close();
    } catch (RuntimeException e) {
      if (e != failure) {
        failure.addSuppressed(e);
      }
    }
  }

  /** Closes all, whatever fails, then throws the first failure with the others suppressed in it. */
  @Override
  public synchronized void close() {
    RuntimeException first = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (RuntimeException e) {
        first = add(first, e);
      } catch (Exception e) {
        first = add(first, new IllegalStateException(e));
      }
    }
    if (first != null) {
      throw first;
    }
  }

  private static RuntimeException add(@Nullable RuntimeException first, RuntimeException next) {
    if (first == null) {
      return next;
    }
    first.addSuppressed(next);
    return first;
  }
}
