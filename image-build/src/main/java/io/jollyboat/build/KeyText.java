package io.jollyboat.build;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.jollyboat.oci.Digest;
import java.nio.charset.StandardCharsets;

/**
 * What a step's result depends on, one {@code name value} line each, as it is kept beside the cache
 * entry. The key is the digest of this text. Not safe for use by several threads.
 */
final class KeyText {
  private final StringBuilder text = new StringBuilder();

  @CanIgnoreReturnValue
  KeyText add(String name, String value) {
    text.append(name).append(' ');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        default -> text.append(c);
      }
    }
    text.append('\n');
    return this;
  }

  @CanIgnoreReturnValue
  KeyText addAll(String name, Iterable<String> values) {
    values.forEach(value -> add(name, value));
    return this;
  }

  String text() {
    return text.toString();
  }

  Digest digest() {
    return Digest.sha256(text().getBytes(StandardCharsets.UTF_8));
  }
}
