package io.jollyboat.build;

import io.jollyboat.Progress;
import io.jollyboat.oci.ImageConfig;
import java.io.IOException;

/** One step of a stage: first what its result depends on, then, if it has to be, the doing. */
interface StepWork extends AutoCloseable {
  /**
   * Adds all that the result depends on, but for what it is built on.
   *
   * @throws IllegalArgumentException the step cannot be done; the message says why
   */
  void describe(KeyText key) throws IOException;

  /**
   * Does it.
   *
   * @return the configuration of the image that it makes, its layer in the store
   * @throws IllegalArgumentException the step cannot be done; the message says why
   */
  ImageConfig execute(Progress.Step step) throws IOException;

  /** Whether it is done as soon as it is known: nobody is asked for its result or waited for. */
  default boolean isQuick() {
    return false;
  }

  /** Whether the caller's own code runs in it, which may build something itself. */
  default boolean runsCallersCode() {
    return false;
  }

  /** Whether its image has other layers than what it is built on. */
  default boolean replacesLayers() {
    return false;
  }

  /** Deletes what was made for the step alone. */
  @Override
  default void close() throws IOException {}
}
