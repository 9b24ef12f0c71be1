package io.jollyboat.dockerfile;

import io.jollyboat.dockerfile.WordPart.Blank;
import io.jollyboat.dockerfile.WordPart.Literal;
import io.jollyboat.dockerfile.WordPart.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Gives parts their values. */
final class WordExpander {
  private final Lookup lookup;

  WordExpander(Lookup lookup) {
    this.lookup = lookup;
  }

  String text(List<WordPart> parts) {
    StringBuilder text = new StringBuilder();
    for (WordPart part : parts) {
      text.append(text(part));
    }
    return text.toString();
  }

  /** Split at unquoted white space, that of values included. */
  List<String> words(List<WordPart> parts) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    for (WordPart part : parts) {
      String text = text(part);
      boolean splits = part instanceof Blank || (part instanceof Variable v && !v.quoted());
      for (int i = 0; i < text.length(); i++) {
        if (splits && Blanks.isBlank(text.charAt(i))) {
          finish(word, words);
        } else {
          word.append(text.charAt(i));
        }
      }
    }
    finish(word, words);
    return words;
  }

  static void collectNames(List<WordPart> parts, Set<String> names) {
    for (WordPart part : parts) {
      if (part instanceof Variable variable) {
        names.add(variable.name());
        collectNames(variable.operand(), names);
        collectNames(variable.replacement(), names);
      }
    }
  }

  /** Names that would be nothing where they are not set: neither {@code ${x:-y}} nor its kin. */
  static void collectRequired(List<WordPart> parts, Set<String> names) {
    for (WordPart part : parts) {
      if (part instanceof Variable variable) {
        String operator = variable.operator();
        if (operator.isEmpty() || "#%/".indexOf(operator.charAt(0)) >= 0) {
          names.add(variable.name());
        }
      }
    }
  }

  private static void finish(StringBuilder word, List<String> words) {
    if (word.length() > 0) {
      words.add(word.toString());
      word.setLength(0);
    }
  }

  private String text(WordPart part) {
    if (part instanceof Literal literal) {
      return literal.text();
    }
    if (part instanceof Blank blank) {
      return blank.text();
    }
    return value((Variable) part);
  }

  private String value(Variable variable) {
    String found = lookup.value(variable.name());
    String value = found == null ? "" : found;
    String operator = variable.operator();
    String operand = text(variable.operand());
    boolean missing = operator.startsWith(":") ? value.isEmpty() : found == null;
    return switch (operator) {
      case "-", ":-" -> missing ? operand : value;
      case "+", ":+" -> missing ? "" : operand;
      case "?", ":?" -> required(variable.name(), value, missing, found != null, operand);
      case "#" -> Glob.of(operand).withoutPrefix(value, false);
      case "##" -> Glob.of(operand).withoutPrefix(value, true);
      case "%" -> Glob.of(operand).withoutSuffix(value, false);
      case "%%" -> Glob.of(operand).withoutSuffix(value, true);
      case "/" -> Glob.of(operand).replace(value, text(variable.replacement()), false);
      case "//" -> Glob.of(operand).replace(value, text(variable.replacement()), true);
      default -> value;
    };
  }

  private static String required(
      String name, String value, boolean missing, boolean set, String message) {
    if (!missing) {
      return value;
    }
    String standard = set ? "is not allowed to be empty" : "is not allowed to be unset";
    throw new WordSyntaxException(name + ": " + (message.isEmpty() ? standard : message), 0);
  }
}
