package io.jollyboat;

import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A step of a build failed. */
public final class BuildException extends JollyboatException {
  private final transient Progress.Step step;
  private final transient OptionalInt exitCode;
  private final String output;
  private final transient Optional<ImageId> before;
  private final transient Optional<ImageId> failed;

  public BuildException(
      String message,
      Progress.Step step,
      OptionalInt exitCode,
      String output,
      Optional<ImageId> before,
      Optional<ImageId> failed,
      @Nullable Throwable cause) {
    super(message, cause);
    this.step = step;
    this.exitCode = exitCode;
    this.output = output;
    this.before = before;
    this.failed = failed;
  }

  /** The step that failed. */
  public Progress.Step step() {
    return step;
  }

  /** Its exit code, when it was a command that ran. */
  public OptionalInt exitCode() {
    return exitCode;
  }

  /** The last of what it printed, at most 64 KiB. */
  public String output() {
    return output;
  }

  /** The image that the step started from: it can be run. */
  public Optional<ImageId> before() {
    return before;
  }

  /**
   * The file system that the failed step left, as an image that can be run and built on. It is kept
   * until {@link BuildCache#prune()}. Steps of Java code leave none.
   */
  public Optional<ImageId> failed() {
    return failed;
  }
}
