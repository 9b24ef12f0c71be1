package io.jollyboat.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * The text of values: a line for everything that was said, an option's name and words. Reading is
 * saying it again. What was not said has no line, so that a default may change. Once it is made,
 * immutable.
 *
 * @param <T> the class of the values
 */
final class TextForm<T> {
  private final Map<String, Option<T>> options = new LinkedHashMap<>();

  /**
   * @param write the words of each line
   * @param read says what a line says
   */
  private record Option<T>(
      Function<T, Collection<List<String>>> write, BiFunction<T, List<String>, T> read) {}

  /** An option that may be said several times. */
  TextForm<T> each(
      String name,
      Function<T, Collection<List<String>>> write,
      BiFunction<T, List<String>, T> read) {
    options.put(name, new Option<>(write, read));
    return this;
  }

  /** An option of several words. */
  TextForm<T> words(
      String name, Function<T, Optional<List<String>>> write, BiFunction<T, List<String>, T> read) {
    return each(name, value -> write.apply(value).stream().toList(), read);
  }

  /** An option of one word. */
  TextForm<T> word(
      String name, Function<T, ? extends Optional<?>> write, BiFunction<T, String, T> read) {
    return words(
        name,
        value -> write.apply(value).map(word -> List.of(word.toString())),
        (value, words) -> read.apply(value, words.get(0)));
  }

  /** An option without words. */
  TextForm<T> flag(String name, Predicate<T> write, UnaryOperator<T> read) {
    return words(
        name,
        value -> write.test(value) ? Optional.of(List.of()) : Optional.empty(),
        (value, words) -> read.apply(value));
  }

  /** All options of a part, their names after that of the part and a dot. */
  <P> TextForm<T> part(
      String name,
      Function<T, P> get,
      TextForm<P> form,
      BiFunction<T, UnaryOperator<P>, T> change) {
    form.options.forEach(
        (inner, option) ->
            each(
                name + "." + inner,
                value -> option.write().apply(get.apply(value)),
                (value, words) -> change.apply(value, part -> option.read().apply(part, words))));
    return this;
  }

  List<String> names() {
    return List.copyOf(options.keySet());
  }

  String print(T value) {
    StringBuilder text = new StringBuilder();
    options.forEach(
        (name, option) -> {
          for (List<String> words : option.write().apply(value)) {
            text.append(name);
            words.forEach(word -> text.append(' ').append(escaped(word)));
            text.append('\n');
          }
        });
    return text.toString();
  }

  /**
   * Says all lines of {@code text}.
   *
   * @throws IllegalArgumentException if one is of an option that this version does not know
   */
  T read(T nothing, String text) {
    T value = nothing;
    for (String line : text.lines().toList()) {
      String[] fields = line.split(" ", -1);
      Option<T> option = options.get(fields[0]);
      if (option == null) {
        throw new IllegalArgumentException("there is no option " + fields[0]);
      }
      List<String> words = new ArrayList<>();
      for (String field : List.of(fields).subList(1, fields.length)) {
        words.add(plain(field));
      }
      value = option.read().apply(value, words);
    }
    return value;
  }

  /** Letters and the like as they are; blanks, line ends and halves of characters by number. */
  private static String escaped(String word) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      boolean plain = c > ' ' && c != '\\' && (c < '\u007f' || Character.isLetterOrDigit(c));
      text.append(plain ? String.valueOf(c) : "\\u%04x".formatted((int) c));
    }
    return text.toString();
  }

  private static String plain(String field) {
    StringBuilder word = new StringBuilder();
    int from = 0;
    for (int at = field.indexOf("\\u"); at >= 0; at = field.indexOf("\\u", from)) {
      word.append(field, from, at);
      from = at + "\\u0000".length();
      word.append((char) Integer.parseInt(field.substring(at + 2, from), 16));
    }
    return word.append(field.substring(from)).toString();
  }
}
