package io.jollyboat;

import io.jollyboat.oci.Digest;
import java.io.PrintStream;

/**
 * Told what happens. One call at a time per operation, in order, from the engine's threads. What it
 * throws ends the operation. New events are new default methods, so that no listener ever breaks.
 */
public interface Progress {
  /** Says nothing. */
  static Progress none() {
    return new Progress() {};
  }

  /** Prints the classic form: {@code Step 1/7 : FROM …}, {@code ---> 016382f39a51}. */
  static Progress console(PrintStream out) {
    return new ConsoleProgress(out);
  }

  /**
   * Shows what runs now, with times and bars, where {@code out} is this process's standard output
   * or error and that is a terminal; anywhere else the same as {@link #console}. Colours follow the
   * variable {@code NO_COLOR}.
   */
  static Progress terminal(PrintStream out) {
    return TerminalProgress.isTerminal(out) ? new TerminalProgress(out) : console(out);
  }

  /**
   * Whether stages of a build that run at the same time are told one after the other, as a listener
   * wants that prints lines. Otherwise their events come as they happen, mixed.
   */
  default boolean stagesInOrder() {
    return true;
  }

  default void stepStarted(Step step) {}

  /** A step's command is about to run in a container. */
  default void stepRunning(Step step, ContainerId container) {}

  default void stepOutput(Step step, String text) {}

  default void stepFinished(Step step, ImageId image, boolean cached) {}

  /** An image is complete. */
  default void built(ImageId image) {}

  default void tagged(String reference) {}

  /** A pull starts, or a push does. */
  default void transferStarted(String reference, boolean push) {}

  default void transfer(Transfer transfer) {}

  /**
   * A pull or push ended.
   *
   * @param digest of the manifest
   * @param size of the manifest
   */
  default void transferFinished(String reference, boolean push, Digest digest, Size size) {}

  default void warning(String message) {}

  /** The call to the engine ends, whatever has become of it; the last event of an operation. */
  default void operationEnded() {}

  /**
   * A step of a build.
   *
   * @param number from 1 to {@code count}
   * @param text the instruction as a person would write it
   */
  record Step(int number, int count, String stage, String text) {}

  /**
   * The state of one layer of a pull or push.
   *
   * @param total bytes of the layer
   * @param allDone bytes of all layers so far
   * @param detail the repository a layer was mounted from; otherwise empty
   */
  record Transfer(
      Digest layer,
      Phase phase,
      Size done,
      Size total,
      Size allDone,
      Size allTotal,
      String detail) {}

  /** What is being done to a layer. */
  enum Phase {
    WAITING,
    DOWNLOADING,
    VERIFYING,
    EXTRACTING,
    PUSHING,
    PRESENT,
    MOUNTED,
    DONE
  }
}
