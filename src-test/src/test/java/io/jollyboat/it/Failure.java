package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a message must tell the person who gets it. */
final class Failure {
  private Failure() {}

  /** Fails unless the message has every one of these words. */
  static void says(Throwable error, String... words) {
    String message = String.valueOf(error.getMessage());
    for (String word : words) {
      assertTrue(message.contains(word), () -> "no \"" + word + "\" in: " + message);
    }
  }
}
