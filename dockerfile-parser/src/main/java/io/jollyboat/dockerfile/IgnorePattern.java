package io.jollyboat.dockerfile;

import java.util.ArrayList;
import java.util.List;

/** One line of a {@code .dockerignore}: path elements with wildcards, {@code **} for any depth. */
final class IgnorePattern {
  private static final String ANY_DEPTH = "**";

  private final List<String> elements;
  private final boolean exception;

  private IgnorePattern(List<String> elements, boolean exception) {
    this.elements = elements;
    this.exception = exception;
  }

  static IgnorePattern ofLine(String line) {
    return new IgnorePattern(new ArrayList<>(List.of(line.split("/"))), line.startsWith("!"));
  }

  boolean isException() {
    return exception;
  }

  boolean matchesOrContains(String path) {
    return elements.contains(path) && !elements.contains(ANY_DEPTH);
  }

  boolean mayMatchBelow(String directory) {
    return elements.contains(directory);
  }
}
