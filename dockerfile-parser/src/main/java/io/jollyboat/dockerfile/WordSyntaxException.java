package io.jollyboat.dockerfile;

/** A word that cannot be read; whoever knows the place turns it into a located exception. */
final class WordSyntaxException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int offset;

  WordSyntaxException(String problem, int offset) {
    super(problem, null, false, false);
    this.offset = offset;
  }

  String problem() {
    return String.valueOf(getMessage());
  }

  /** Where in the word. */
  int offset() {
    return offset;
  }
}
