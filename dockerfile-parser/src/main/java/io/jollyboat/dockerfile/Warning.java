package io.jollyboat.dockerfile;

/**
 * Something that is accepted but probably not meant.
 *
 * @param rule its name, those of BuildKit's checks where one exists, e.g. {@code
 *     NoEmptyContinuation}
 * @param message what is wrong and what to write instead
 * @param range where
 */
public record Warning(String rule, String message, SourceRange range) {
  /** {@code Dockerfile:7:1: message [rule]}. */
  @Override
  public String toString() {
    return range + ": " + message + " [" + rule + "]";
  }
}
