package io.jollyboat.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Expands the words of one instruction; an error names the instruction's place. Equal values print
 * the same afterwards, however they were quoted.
 */
final class Expansion {
  /**
   * In place of variables: words stay as they are, and their names are collected.
   *
   * @param onlyRequired those apart that have something else for where they are missing
   */
  record Names(Set<String> found, boolean onlyRequired) implements Lookup {
    void add(List<WordPart> parts) {
      if (onlyRequired) {
        WordExpander.collectRequired(parts, found);
      } else {
        WordExpander.collectNames(parts, found);
      }
    }

    @Override
    public @Nullable String value(String name) {
      return null;
    }
  }

  private final Instruction instruction;
  private final Lookup variables;

  private Expansion(Instruction instruction, Lookup variables) {
    this.instruction = instruction;
    this.variables = variables;
  }

  /** What {@code made} makes of the expanded words; what it refuses is an error at the place. */
  static <T> T of(Instruction instruction, Lookup variables, Function<Expansion, T> made) {
    Expansion expansion = new Expansion(instruction, variables);
    try {
      return made.apply(expansion);
    } catch (IllegalArgumentException e) {
      throw expansion.located(String.valueOf(e.getMessage()), instruction.toString());
    }
  }

  Word word(Word word) {
    if (collects(word)) {
      return word;
    }
    try {
      return Word.literal(word.expanded(variables));
    } catch (WordSyntaxException e) {
      throw located(e.problem(), word.raw());
    }
  }

  Optional<Word> word(Optional<Word> word) {
    return word.map(this::word);
  }

  List<Word> words(List<Word> words) {
    return words.stream().map(this::word).toList();
  }

  List<KeyValue> pairs(List<KeyValue> pairs) {
    return pairs.stream().map(p -> new KeyValue(word(p.name()), word(p.value()))).toList();
  }

  private boolean collects(Word word) {
    if (variables instanceof Names names) {
      names.add(word.parts());
      return true;
    }
    return false;
  }

  /** Each word may become none or several. */
  List<Word> split(List<Word> words) {
    List<Word> split = new ArrayList<>();
    for (Word word : words) {
      if (collects(word)) {
        split.add(word);
        continue;
      }
      try {
        word.expandedWords(variables).forEach(text -> split.add(Word.literal(text)));
      } catch (WordSyntaxException e) {
        throw located(e.problem(), word.raw());
      }
    }
    return split;
  }

  List<Heredoc> bodies(List<Heredoc> heredocs) {
    return heredocs.stream().map(this::body).toList();
  }

  private Heredoc body(Heredoc heredoc) {
    if (!heredoc.expands()) {
      return new Heredoc(heredoc.name(), heredoc.text(), false, false);
    }
    try {
      List<WordPart> parts = WordParser.parseBody(heredoc.text());
      if (variables instanceof Names names) {
        names.add(parts);
        return heredoc;
      }
      return new Heredoc(heredoc.name(), new WordExpander(variables).text(parts), false, false);
    } catch (WordSyntaxException e) {
      throw located(e.problem(), heredoc.name());
    }
  }

  /** The line shown is the instruction's own text, the caret below the word. */
  private DockerfileSyntaxException located(String problem, String raw) {
    String line = instruction.toString().lines().findFirst().orElse("");
    SourceRange range = instruction.range();
    int column = Math.max(0, line.indexOf(raw)) + 1;
    return new DockerfileSyntaxException(
        problem, new SourceRange(range.file(), range.line(), column, range.lastLine()), line, "");
  }
}
