package io.jollyboat.build;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.jollyboat.oci.Digest;
import io.jollyboat.spi.host.FileNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a step's result depends on, one {@code name value} line each, as it is kept beside the cache
 * entry. The key is the digest of this text. Not safe for use by several threads.
 */
final class KeyText {
  private final StringBuilder text = new StringBuilder();
  private final List<KeyText> contents = new ArrayList<>();

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

  /** What another text says, by its digest; the text itself is for {@link #keepContents}. */
  @CanIgnoreReturnValue
  KeyText addDigest(String name, KeyText content) {
    contents.add(content);
    return add(name, content.digest().toString());
  }

  /** The text that a digest of {@link #addDigest} stands for. */
  Optional<String> content(String digest) {
    return contents.stream()
        .filter(content -> content.digest().toString().equals(digest))
        .map(KeyText::text)
        .findFirst();
  }

  /** Once the step is done: so that the next difference can be told file by file. */
  void keepContents(ContentLists lists) throws IOException {
    for (KeyText content : contents) {
      lists.put(content);
    }
  }

  String text() {
    return text.toString();
  }

  Digest digest() {
    return Digest.sha256(FileNames.encode(text())); // names need not be UTF-8
  }
}
