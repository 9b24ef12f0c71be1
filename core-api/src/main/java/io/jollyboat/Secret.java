package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Text or bytes that must not be seen. A value, but equal only to itself; read when used, never
 * stored, logged or hashed into a cache key. Immutable.
 */
@CheckReturnValue
public final class Secret {
  private final Supplier<byte[]> source;

  private Secret(Supplier<byte[]> source) {
    this.source = source;
  }

  public static Secret of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new Secret(bytes::clone);
  }

  /** The content of a file, read each time the secret is used. */
  public static Secret file(Path file) {
    return new Secret(
        () -> {
          try {
            return Files.readAllBytes(file);
          } catch (IOException e) {
            throw new UncheckedIOException("cannot read the secret's file " + file, e);
          }
        });
  }

  /** The value of an environment variable of this process, read each time the secret is used. */
  public static Secret env(String variable) {
    return new Secret(
        () -> {
          String value = System.getenv(variable);
          if (value == null) {
            throw new IllegalStateException(
                "the secret's environment variable " + variable + " is not set");
          }
          return value.getBytes(StandardCharsets.UTF_8);
        });
  }

  /** The secret itself, as UTF-8 or as the file's bytes. */
  public byte[] reveal() {
    return source.get();
  }

  @Override
  public String toString() {
    return "[secret]";
  }
}
