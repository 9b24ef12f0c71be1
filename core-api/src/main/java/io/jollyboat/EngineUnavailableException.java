package io.jollyboat;

import org.jspecify.annotations.Nullable;

/** This machine, or this user's rights on it, do not allow what was asked. */
public final class EngineUnavailableException extends JollyboatException {
  private final transient Probe probe;

  public EngineUnavailableException(String message, Probe probe, @Nullable Throwable cause) {
    super(message, cause);
    this.probe = probe;
  }

  /** What the machine does allow. */
  public Probe probe() {
    return probe;
  }
}
