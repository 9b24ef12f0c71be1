package io.jollyboat.dockerfile;

/**
 * A parser directive at the top of a Dockerfile: {@code # name=value}.
 *
 * @param name {@code syntax}, {@code escape} or {@code check}, in lower case
 * @param value as written
 */
public record Directive(String name, String value) {
  @Override
  public String toString() {
    return "# " + name + "=" + value;
  }
}
