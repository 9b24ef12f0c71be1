package io.jollyboat.engine;

import io.jollyboat.ContainerId;
import java.security.SecureRandom;
import java.util.HexFormat;

/** Makes ids. */
final class Ids {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BYTES = 32;

  private Ids() {}

  static ContainerId next() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return new ContainerId(HexFormat.of().formatHex(bytes));
  }
}
