package io.jollyboat.dockerfile;

/** Reads text into a {@link Dockerfile}. */
final class DockerfileReader {
  private DockerfileReader() {}

  static Dockerfile read(String text, String fileName) {
    throw new UnsupportedOperationException(fileName + ": " + text);
  }
}
