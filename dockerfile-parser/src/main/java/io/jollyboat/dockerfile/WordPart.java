package io.jollyboat.dockerfile;

import java.util.List;

/** A piece of a {@link Word}, quotes and escapes already resolved. */
sealed interface WordPart {

  /** Text that stands for itself. */
  record Literal(String text) implements WordPart {}

  /** Unquoted white space: text too, but splits where words are split after expansion. */
  record Blank(String text) implements WordPart {}

  /**
   * {@code $name} or {@code ${name<operator>operand}}.
   *
   * @param operator empty or one of {@code - :- + :+ ? :? # ## % %% / //}
   * @param operand of a pattern operator with its backslashes, otherwise without
   * @param replacement of {@code /} and {@code //}
   */
  record Variable(
      String name,
      boolean quoted,
      String operator,
      List<WordPart> operand,
      List<WordPart> replacement)
      implements WordPart {

    boolean hasPattern() {
      return !operator.isEmpty() && "#%/".indexOf(operator.charAt(0)) >= 0;
    }

    Variable inQuotes() {
      return quoted ? this : new Variable(name, true, operator, operand, replacement);
    }
  }
}
