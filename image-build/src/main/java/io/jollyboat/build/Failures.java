package io.jollyboat.build;

import io.jollyboat.BuildException;
import io.jollyboat.ContainerException;
import io.jollyboat.ImageId;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.Progress;
import io.jollyboat.StoreException;
import io.jollyboat.dockerfile.DockerfileSyntaxException;
import io.jollyboat.dockerfile.SourceRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Turns what goes wrong in a step into an exception that says in which, and where it is written.
 */
record Failures(Progress.Step step, SourceRange range) {

  /** A part of the step's work. */
  interface Part<T> {
    T run() throws IOException;
  }

  /**
   * Does a part of the step.
   *
   * @param before the image that the step is built on
   */
  <T> T of(Optional<ImageId> before, Part<T> part) {
    try {
      return part.run();
    } catch (IOException
        | UncheckedIOException
        | IllegalArgumentException
        | DockerfileSyntaxException
        | ContainerException
        | StoreException e) {
      Optional<InterruptedOperationException> interrupted = Interruptions.in(e, "the build");
      throw interrupted.isPresent()
          ? interrupted.get()
          : exception(String.valueOf(e.getMessage()), before, e);
    } catch (CodeFailure e) {
      throw exception(String.valueOf(e.getMessage()), before, e.thrown());
    } catch (CommandFailure e) {
      throw e.located(this, before);
    }
  }

  BuildException exception(String problem, Optional<ImageId> before, Exception cause) {
    return new BuildException(
        place() + problem, step, OptionalInt.empty(), "", before, Optional.empty(), cause);
  }

  /** {@code Dockerfile:4:1, step 3/7 (COPY . .): }. */
  String place() {
    String number = "step " + step.number() + "/" + step.count() + " (" + firstLine() + "): ";
    return range.line() == 0 ? number : range + ", " + number;
  }

  private String firstLine() {
    String text = step.text();
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end) + " …";
  }
}
