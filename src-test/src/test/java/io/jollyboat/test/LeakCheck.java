package io.jollyboat.test;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Fails a test, or a class of tests, that leaves something on the machine or in this process:
 * compares {@link Belongings} before and after, with a short grace for what the kernel takes away
 * by itself. What is there after a test is there before the next one of its class: to look costs as
 * much as many a test.
 */
final class LeakCheck
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  private static final Namespace NAMESPACE = Namespace.create(LeakCheck.class);
  private static final Duration GRACE = Duration.ofSeconds(4);
  private static final String LAST = "after the last test";

  @Override
  public void beforeAll(ExtensionContext context) {
    Belongings unused = forgetLast(context);
    remember(context, Belongings.now());
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    Belongings last = forgetLast(context);
    remember(context, last == null ? Belongings.now() : last);
  }

  @Override
  public void afterEach(ExtensionContext context) throws InterruptedException {
    compare(context);
  }

  @Override
  public void afterAll(ExtensionContext context) throws InterruptedException {
    compare(context);
  }

  private static void remember(ExtensionContext context, Belongings belongings) {
    context.getStore(NAMESPACE).put(context.getUniqueId(), belongings);
  }

  private static @Nullable Belongings forgetLast(ExtensionContext context) {
    return context.getRoot().getStore(NAMESPACE).remove(LAST, Belongings.class);
  }

  /** Nothing, where another extension ended the test before anything was remembered. */
  private static void compare(ExtensionContext context) throws InterruptedException {
    Belongings before = context.getStore(NAMESPACE).get(context.getUniqueId(), Belongings.class);
    if (before == null) {
      return;
    }
    long end = System.nanoTime() + GRACE.toNanos();
    Belongings now = Belongings.now();
    while (!now.since(before).isEmpty() && System.nanoTime() < end) {
      Thread.sleep(50);
      now = Belongings.now();
    }
    String left = now.since(before);
    if (!left.isEmpty()) {
      throw new AssertionError(context.getDisplayName() + " left behind:\n" + left);
    }
    context.getRoot().getStore(NAMESPACE).put(LAST, now);
  }
}
