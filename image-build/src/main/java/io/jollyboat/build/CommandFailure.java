package io.jollyboat.build;

import io.jollyboat.BuildException;
import io.jollyboat.ImageId;
import java.util.Optional;
import java.util.OptionalInt;

/** A RUN whose command ended with a code other than 0; becomes a {@link BuildException}. */
final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int exitCode;
  private final String output;
  private final transient Optional<ImageId> failed;

  CommandFailure(String message, int exitCode, String output, Optional<ImageId> failed) {
    super(message, null, false, false);
    this.exitCode = exitCode;
    this.output = output;
    this.failed = failed;
  }

  BuildException located(Failures step, Optional<ImageId> before) {
    return new BuildException(
        step.place() + getMessage(),
        step.step(),
        OptionalInt.of(exitCode),
        output,
        before,
        failed,
        null);
  }
}
