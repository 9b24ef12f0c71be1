package io.jollyboat.dockerfile;

import java.util.Collection;
import java.util.Locale;

/** The known word that is nearest to an unknown one. */
final class Suggestion {
  private static final int LONGEST = 40;
  private static final int MOST_KNOWN = 100;

  private Suggestion() {}

  /** {@code intro + nearest + "?"}, or nothing when none is near: half the letters may differ. */
  static String of(String unknown, Collection<String> known, String intro) {
    if (unknown.length() > LONGEST || known.size() > MOST_KNOWN) {
      return "";
    }
    String word = unknown.toUpperCase(Locale.ROOT);
    String nearest = "";
    int best = Math.min(3, (word.length() + 1) / 2) + 1;
    for (String candidate : known.stream().sorted().toList()) {
      int distance = distance(word, candidate.toUpperCase(Locale.ROOT));
      if (distance < best) {
        best = distance;
        nearest = candidate;
      }
    }
    return nearest.isEmpty() ? "" : intro + nearest + "?";
  }

  /** Levenshtein's. */
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(change, Math.min(previous[j], row[j - 1]) + 1);
      }
      previous = row;
    }
    return previous[b.length()];
  }
}
