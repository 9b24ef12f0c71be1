package io.jollyboat.test;

import java.time.Duration;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Fails a test that leaves something on the machine or in this process: compares {@link Belongings}
 * before and after, with a short grace for what the kernel takes away by itself.
 */
final class LeakCheck implements BeforeEachCallback, AfterEachCallback {
  private static final Namespace NAMESPACE = Namespace.create(LeakCheck.class);
  private static final Duration GRACE = Duration.ofSeconds(4);

  @Override
  public void beforeEach(ExtensionContext context) {
    context.getStore(NAMESPACE).put("before", Belongings.now());
  }

  @Override
  public void afterEach(ExtensionContext context) throws InterruptedException {
    Belongings before = context.getStore(NAMESPACE).get("before", Belongings.class);
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
