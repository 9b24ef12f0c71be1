package io.jollyboat.spi.host;

/** Runs a build's RUN steps. Safe for use by several threads. */
public interface StepRunner {
  /**
   * Runs a step to its end.
   *
   * @param output told what the step prints, both streams, in order, from one thread
   * @throws io.jollyboat.ContainerException when the step could not be started
   * @throws io.jollyboat.EngineUnavailableException when this machine runs nothing
   */
  StepResult run(StepRequest request, StepOutput output);

  /** Told pieces of what the step prints; pieces may end inside a character. */
  interface StepOutput {
    void print(byte[] bytes, int length);
  }

  /** How a step ended; {@code exitCode} is 128 and the signal's number when a signal ended it. */
  record StepResult(int exitCode, boolean outOfMemory) {}
}
