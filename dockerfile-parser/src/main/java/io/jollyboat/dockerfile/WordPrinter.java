package io.jollyboat.dockerfile;

import io.jollyboat.dockerfile.WordPart.Blank;
import io.jollyboat.dockerfile.WordPart.Literal;
import io.jollyboat.dockerfile.WordPart.Variable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes parts as text that is read back as the same parts, quoted as a person would. */
final class WordPrinter {
  private final List<WordPart> parts;
  private final StringBuilder out = new StringBuilder();

  private WordPrinter(List<WordPart> parts) {
    this.parts = parts;
  }

  static String print(List<WordPart> parts) {
    WordPrinter printer = new WordPrinter(parts);
    boolean oneString =
        parts.stream()
            .allMatch(p -> p instanceof Literal || (p instanceof Variable v && v.quoted()));
    if (oneString && !parts.isEmpty()) {
      printer.asOneString();
    } else {
      printer.piecewise();
    }
    return printer.out.toString();
  }

  private void asOneString() {
    boolean plain = parts.stream().allMatch(p -> p instanceof Literal l && isPlain(l.text()));
    out.append(plain ? "" : "\"");
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i) instanceof Variable variable) {
        variable(variable, i + 1 < parts.size() ? parts.get(i + 1) : null);
      } else {
        out.append(plain ? text(parts.get(i)) : inQuotes(text(parts.get(i))));
      }
    }
    out.append(plain ? "" : "\"");
  }

  private void piecewise() {
    for (int i = 0; i < parts.size(); i++) {
      WordPart part = parts.get(i);
      if (part instanceof Variable variable) {
        out.append(variable.quoted() ? "\"" : "");
        variable(variable, i + 1 < parts.size() ? parts.get(i + 1) : null);
        out.append(variable.quoted() ? "\"" : "");
      } else if (part instanceof Blank || isPlain(text(part))) {
        out.append(text(part));
      } else {
        out.append('"').append(inQuotes(text(part))).append('"');
      }
    }
  }

  private void variable(Variable variable, @Nullable WordPart next) {
    if (variable.operator().isEmpty() && mayStandBare(variable.name(), next)) {
      out.append('$').append(variable.name());
      return;
    }
    out.append("${").append(variable.name()).append(variable.operator());
    operand(variable.operand(), variable.hasPattern());
    if (variable.operator().startsWith("/")) {
      out.append('/');
      operand(variable.replacement(), true);
    }
    out.append('}');
  }

  private static boolean mayStandBare(String name, @Nullable WordPart next) {
    boolean identifier = name.chars().allMatch(c -> c < 128 && WordParser.isNamePart(c));
    if (name.isEmpty() || !identifier) {
      return false;
    }
    return next == null || (next instanceof Literal l && "/:.,-=".indexOf(l.text().charAt(0)) >= 0);
  }

  private void operand(List<WordPart> operand, boolean pattern) {
    for (WordPart part : operand) {
      if (part instanceof Variable variable) {
        variable(
            new Variable(
                variable.name(),
                false,
                variable.operator(),
                variable.operand(),
                variable.replacement()),
            new Literal("{"));
      } else if (pattern) {
        patternText(text(part));
      } else {
        operandText(text(part));
      }
    }
  }

  private void operandText(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Blanks.isBlank(c) || "\\\"'$}".indexOf(c) >= 0) {
        out.append('\\');
      }
      out.append(c);
    }
  }

  /** A pattern keeps its own backslashes; what else is special is quoted. */
  private void patternText(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        out.append(c).append(text.charAt(++i));
      } else if (c == '\'') {
        out.append("\"'\"");
      } else if (Blanks.isBlank(c) || "\"$}/".indexOf(c) >= 0) {
        out.append('\'').append(c).append('\'');
      } else {
        out.append(c);
      }
    }
  }

  private static String text(WordPart part) {
    return part instanceof Blank blank ? blank.text() : ((Literal) part).text();
  }

  private static boolean isPlain(String text) {
    return text.chars().noneMatch(c -> Blanks.isBlank(c) || "\"'\\$<`".indexOf(c) >= 0);
  }

  private static String inQuotes(String text) {
    StringBuilder quoted = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if ("\"\\$".indexOf(text.charAt(i)) >= 0) {
        quoted.append('\\');
      }
      quoted.append(text.charAt(i));
    }
    return quoted.toString();
  }
}
