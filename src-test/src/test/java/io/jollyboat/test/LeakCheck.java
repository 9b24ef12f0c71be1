package io.jollyboat.test;

import java.time.Duration;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Fails a test, or a class of tests, that leaves something on the machine or in this process:
 * compares {@link Belongings} before and after, with a short grace for what the kernel takes away
 * by itself.
 */
final class LeakCheck
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  private static final Namespace NAMESPACE = Namespace.create(LeakCheck.class);
  private static final Duration GRACE = Duration.ofSeconds(4);

  @Override
  public void beforeAll(ExtensionContext context) {
    remember(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    remember(context);
  }

  @Override
  public void afterEach(ExtensionContext context) throws InterruptedException {
    compare(context);
  }

  @Override
  public void afterAll(ExtensionContext context) throws InterruptedException {
    compare(context);
  }

  private static void remember(ExtensionContext context) {
    context.getStore(NAMESPACE).put(context.getUniqueId(), Belongings.now());
  }

  /** Nothing, where another extension ended the test before anything was remembered. */
  private static void compare(ExtensionContext context) throws InterruptedException {
    Belongings before = context.getStore(NAMESPACE).get(context.getUniqueId(), Belongings.class);
    if (before == null) {
      return;
    }
    long end = System.nanoTime() + GRACE.toNanos();
    String left = Belongings.now().since(before);
    while (!left.isEmpty() && System.nanoTime() < end) {
      Thread.sleep(50);
      left = Belongings.now().since(before);
    }
    if (!left.isEmpty()) {
      throw new AssertionError(context.getDisplayName() + " left behind:\n" + left);
    }
  }
}
