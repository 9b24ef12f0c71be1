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
    checkName(name);
  }

  static KeyValue literal(String name, Word value) {
    return new KeyValue(Word.literal(name), value);
  }

  static void checkName(Word name) {
    boolean empty = name.isLiteral() && name.value().isEmpty();
    if (empty || name.raw().indexOf('=') >= 0) {
      throw new IllegalArgumentException("a name must not be empty or contain '=': " + name);
    }
  }

  @Override
  public String toString() {
    return name.rawAsOneWord() + "=" + value.rawAsOneWord();
  }
}
