package io.jollyboat.test;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs of the machine. Where it is missing the test is reported as aborted, and with
 * {@code -Drequire.root=true} as failed: no skipped test passes for a run one.
 */
final class Requirement {
  private Requirement() {}

  /** Ends the test: with an abort, or with a failure where everything is required. */
  static void unmet(String what) {
    if (Boolean.getBoolean("require.root")) {
      Assertions.fail(what);
    }
    Assumptions.abort(what);
  }
}
