package io.jollyboat.build;

/** What a step's Java code threw; becomes a {@link io.jollyboat.BuildException}. */
final class CodeFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final Exception thrown;

  CodeFailure(Exception thrown) {
    super("the code threw " + thrown, thrown, false, false);
    this.thrown = thrown;
  }

  Exception thrown() {
    return thrown;
  }
}
