package io.jollyboat.dockerfile;

/**
 * {@code name=value} of ENV and LABEL. The name is a word too: {@code LABEL "a b"=c}.
 *
 * @param name not empty
 * @param value may be empty
 */
public record KeyValue(Word name, Word value) {
  public KeyValue {
    name = name.joined();
    value = value.joined();
    if (name.isLiteral() && name.value().isEmpty()) {
      throw new IllegalArgumentException("a name must not be empty");
    }
  }

  static KeyValue literal(String name, Word value) {
    if (name.indexOf('=') >= 0) {
      throw new IllegalArgumentException("a name must not contain '=': " + name);
    }
    return new KeyValue(Word.literal(name), value);
  }

  @Override
  public String toString() {
    return name.rawAsOneWord() + "=" + value.rawAsOneWord();
  }
}
