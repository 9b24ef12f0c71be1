package io.jollyboat.dockerfile;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The pattern of {@code ${x#p}} and its kin: {@code *}, {@code ?} and the backslash, no brackets.
 */
final class Glob {
  private static final int ANY = -1;
  private static final int STAR = -2;

  private final int[] tokens;

  private Glob(int[] tokens) {
    this.tokens = tokens;
  }

  static Glob of(String pattern) {
    int[] text = pattern.codePoints().toArray();
    int[] tokens = new int[text.length];
    int count = 0;
    for (int i = 0; i < text.length; i++) {
      if (text[i] == '*') {
        tokens[count++] = STAR;
      } else if (text[i] == '?') {
        tokens[count++] = ANY;
      } else if (text[i] == '\\') {
        tokens[count++] = escaped(pattern, text, ++i);
      } else {
        tokens[count++] = text[i];
      }
    }
    return new Glob(Arrays.copyOf(tokens, count));
  }

  private static int escaped(String pattern, int[] text, int at) {
    if (at >= text.length || "*?\\}/".indexOf(text[at]) < 0) {
      throw new WordSyntaxException(
          "invalid pattern (" + pattern + ") in substitution: a backslash may stand before * ? \\",
          0);
    }
    return text[at];
  }

  String withoutPrefix(String value, boolean longest) {
    int[] text = value.codePoints().toArray();
    int end = matchEnd(text, 0, longest);
    return end <= 0 ? value : new String(text, end, text.length - end);
  }

  String withoutSuffix(String value, boolean longest) {
    String reversed = new StringBuilder(value).reverse().toString();
    int[] backwards = new int[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      backwards[i] = tokens[tokens.length - 1 - i];
    }
    String rest = new Glob(backwards).withoutPrefix(reversed, longest);
    return new StringBuilder(rest).reverse().toString();
  }

  /** The longest match from the left is replaced; with {@code all}, every one. */
  String replace(String value, String replacement, boolean all) {
    int[] text = value.codePoints().toArray();
    StringBuilder result = new StringBuilder();
    int at = 0;
    int lastEnd = -1;
    while (at <= text.length) {
      int end = matchEnd(text, at, true);
      if (end > at || (end == at && at != lastEnd)) {
        result.append(replacement);
        lastEnd = end;
        if (!all) {
          return result.append(new String(text, end, text.length - end)).toString();
        }
      }
      if (end > at) {
        at = end;
      } else {
        if (at < text.length) {
          result.appendCodePoint(text[at]);
        }
        at++;
      }
    }
    return result.toString();
  }

  /**
   * Where the shortest or longest match that begins at {@code from} ends; -1 when there is none.
   */
  private int matchEnd(int[] text, int from, boolean longest) {
    BitSet states = new BitSet(tokens.length + 1);
    enter(states, 0);
    int found = -1;
    for (int at = from; ; at++) {
      if (states.get(tokens.length)) {
        found = at;
        if (!longest) {
          return found;
        }
      }
      if (at >= text.length || states.isEmpty()) {
        return found;
      }
      states = step(states, text[at]);
    }
  }

  private BitSet step(BitSet states, int c) {
    BitSet next = new BitSet(tokens.length + 1);
    for (int s = states.nextSetBit(0); s >= 0 && s < tokens.length; s = states.nextSetBit(s + 1)) {
      if (tokens[s] == STAR) {
        enter(next, s);
      } else if (tokens[s] == ANY || tokens[s] == c) {
        enter(next, s + 1);
      }
    }
    return next;
  }

  /** A state, and those behind stars that match nothing. */
  private void enter(BitSet states, int state) {
    int s = state;
    states.set(s);
    while (s < tokens.length && tokens[s] == STAR) {
      states.set(++s);
    }
  }
}
