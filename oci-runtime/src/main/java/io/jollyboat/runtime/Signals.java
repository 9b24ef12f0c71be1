package io.jollyboat.runtime;

import java.util.List;
import java.util.Locale;

/** Signals by name or number, as signal(7) has them. */
final class Signals {
  private static final List<String> NAMES =
      List.of(
          "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV",
          "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU",
          "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS");

  private static final int LAST = 64;
  private static final int FIRST_REAL_TIME = 34;

  private Signals() {}

  /**
   * @param name such as {@code 9}, {@code KILL}, {@code sigkill}, {@code RTMIN+3}
   */
  static int number(String name) {
    String upper = name.toUpperCase(Locale.ROOT).replaceFirst("^SIG", "");
    int found = -1;
    if (upper.matches("\\d{1,3}")) {
      found = Integer.parseInt(upper);
    } else if (upper.matches("RTMIN(\\+\\d{1,2})?")) {
      found = FIRST_REAL_TIME + Integer.parseInt("0" + upper.replaceAll("\\D", ""));
    } else if (upper.matches("RTMAX(-\\d{1,2})?")) {
      found = LAST - Integer.parseInt("0" + upper.replaceAll("\\D", ""));
    } else if (!upper.isEmpty()) {
      found = upper.equals("POLL") ? NAMES.indexOf("IO") : NAMES.indexOf(upper);
    }
    if (found < 0 || found > LAST) {
      throw new RuntimeFailure("unknown signal \"" + name + "\"");
    }
    return found;
  }
}
