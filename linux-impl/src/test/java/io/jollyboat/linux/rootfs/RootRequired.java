package io.jollyboat.linux.rootfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jollyboat.linux.syscall.TreeCalls;

/** For tests that only root can run: without root they are aborted, in CI they fail. */
final class RootRequired {
  private RootRequired() {}

  static void check() {
    if (Boolean.getBoolean("require.root")) {
      assertEquals(0, TreeCalls.effectiveUser(), "this run must have root (-Drequire.root=true)");
    }
    assumeTrue(TreeCalls.effectiveUser() == 0, "needs root");
  }
}
