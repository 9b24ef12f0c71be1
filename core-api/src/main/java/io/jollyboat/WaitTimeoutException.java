package io.jollyboat;

import java.time.Duration;

/** What was waited for did not happen in time. */
public final class WaitTimeoutException extends JollyboatException {
  private final Duration waited;
  private final String lastSeen;

  public WaitTimeoutException(String message, Duration waited, String lastSeen) {
    super(message, null);
    this.waited = waited;
    this.lastSeen = lastSeen;
  }

  public Duration waited() {
    return waited;
  }

  /** What the last look saw, as in {@code connection refused}. */
  public String lastSeen() {
    return lastSeen;
  }
}
