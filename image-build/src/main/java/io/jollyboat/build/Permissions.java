package io.jollyboat.build;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The value of {@code --chmod}: octal digits, or the symbolic form of chmod(1), {@code u=rwX,go-w}.
 * Immutable.
 */
final class Permissions {
  private static final Pattern OCTAL = Pattern.compile("0?[0-7]{1,4}");
  private static final Pattern CLAUSE = Pattern.compile("([ugoa]*)((?:[-+=][rwxXst]*)+)");
  private static final Pattern ACTION = Pattern.compile("([-+=])([rwxXst]*)");

  private final List<Change> changes;

  private Permissions(List<Change> changes) {
    this.changes = changes;
  }

  /**
   * @throws IllegalArgumentException neither form
   */
  static Permissions parse(String text) {
    if (OCTAL.matcher(text).matches()) {
      int mode = Integer.parseInt(text, 8);
      return new Permissions(List.of((old, directory) -> mode));
    }
    List<Change> changes = new ArrayList<>();
    for (String clause : text.split(",", -1)) {
      Matcher matcher = CLAUSE.matcher(clause);
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            "--chmod="
                + text
                + ": must be octal digits up to 7777, or symbolic such as u=rwX,go-w");
      }
      addActions(matcher.group(1), matcher.group(2), changes);
    }
    return new Permissions(List.copyOf(changes));
  }

  private static void addActions(String who, String actions, List<Change> changes) {
    Matcher action = ACTION.matcher(actions);
    while (action.find()) {
      char operator = action.group(1).charAt(0);
      String letters = action.group(2);
      changes.add((mode, directory) -> apply(mode, directory, who, operator, letters));
    }
  }

  /** The mode that a file of this one gets; both have at most the bits 07777. */
  int applyTo(int mode, boolean directory) {
    int result = mode;
    for (Change change : changes) {
      result = change.apply(result, directory);
    }
    return result;
  }

  private static int apply(int mode, boolean directory, String who, char operator, String letters) {
    boolean all = who.isEmpty() || who.contains("a");
    int scope = 0;
    scope |= all || who.contains("u") ? 04700 : 0;
    scope |= all || who.contains("g") ? 02070 : 0;
    scope |= all || who.contains("o") ? 00007 : 0;
    scope |= all ? 01000 : 0;
    int bits = bits(letters, mode, directory) & scope;
    return switch (operator) {
      case '+' -> mode | bits;
      case '-' -> mode & ~bits;
      default -> (mode & ~scope) | bits;
    };
  }

  private static int bits(String letters, int mode, boolean directory) {
    int bits = 0;
    for (int i = 0; i < letters.length(); i++) {
      bits |=
          switch (letters.charAt(i)) {
            case 'r' -> 0444;
            case 'w' -> 0222;
            case 'x' -> 0111;
            case 'X' -> directory || (mode & 0111) != 0 ? 0111 : 0;
            case 's' -> 06000;
            default -> 01000;
          };
    }
    return bits;
  }

  private interface Change {
    int apply(int mode, boolean directory);
  }
}
