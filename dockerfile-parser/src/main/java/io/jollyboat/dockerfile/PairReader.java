package io.jollyboat.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code name=value} words of ENV, LABEL and ARG. */
final class PairReader {
  private PairReader() {}

  /** In the new form every word needs a {@code =}; without one in the first it is the old form. */
  static List<KeyValue> pairs(InstructionReader reader) {
    List<Piece> words = NameValues.split(reader.one().text(), reader.escape());
    if (words.isEmpty() || words.get(0).text().indexOf('=') < 0) {
      return List.of(oldPair(reader));
    }
    List<KeyValue> pairs = new ArrayList<>();
    for (Piece piece : words) {
      pairs.add(pair(reader, reader.at(piece)));
    }
    return pairs;
  }

  private static KeyValue pair(InstructionReader reader, Piece word) {
    int equals = word.text().indexOf('=');
    if (equals < 0) {
      throw reader
          .line()
          .error(
              word.offset(),
              "can't find = in \"" + word.text() + "\": every word must be name=value",
              "put quotes around a value with blanks: name=\"a b\"");
    }
    Word name = reader.word(new Piece(word.text().substring(0, equals), word.offset()));
    Word value = reader.word(word.from(equals + 1));
    return reader.checked(word, place -> new KeyValue(name, value));
  }

  /** {@code name value}: all that follows the name is the value. */
  private static KeyValue oldPair(InstructionReader reader) {
    Piece rest = reader.rest();
    Piece key = InstructionReader.firstWord(rest);
    int start = key.text().length();
    while (start < rest.text().length() && Blanks.isSeparator(rest.text().charAt(start))) {
      start++;
    }
    if (start == rest.text().length()) {
      String keyword = reader.name();
      throw reader
          .line()
          .error(
              rest.offset(),
              keyword + " must have two arguments",
              "write " + keyword + " name=value");
    }
    Word name = reader.word(key);
    Word value = reader.word(rest.from(start));
    return reader.checked(rest, place -> new KeyValue(name, value));
  }

  static List<Arg.Declaration> declarations(InstructionReader reader) {
    List<Arg.Declaration> declarations = new ArrayList<>();
    for (Piece piece : NameValues.split(reader.one().text(), reader.escape())) {
      Piece word = reader.at(piece);
      int equals = word.text().indexOf('=');
      String key = equals < 0 ? word.text() : word.text().substring(0, equals);
      Word name = reader.word(new Piece(key, word.offset()));
      Optional<Word> value =
          equals < 0 ? Optional.empty() : Optional.of(reader.word(word.from(equals + 1)));
      declarations.add(reader.checked(word, place -> new Arg.Declaration(name, value)));
    }
    return declarations;
  }
}
