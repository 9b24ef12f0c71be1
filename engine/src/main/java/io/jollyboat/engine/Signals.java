package io.jollyboat.engine;

import java.util.List;
import java.util.Locale;

/** Names and numbers of signals, as signal(7) has them on x86 and Arm. */
final class Signals {
  static final int KILL = 9;
  static final int TERM = 15;

  /** Realtime signals end here. */
  private static final int MOST = 64;

  private static final List<String> NAMES =
      List.of(
          "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV",
          "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU",
          "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS");

  private Signals() {}

  /**
   * The number of a signal.
   *
   * @param text a name with or without SIG in any case, {@code RTMIN+1}, or a number
   * @throws IllegalArgumentException when there is no such signal
   */
  static int parse(String text) {
    String name = text.strip().toUpperCase(Locale.ROOT);
    if (name.matches("\\d{1,3}")) {
      return checked(Integer.parseInt(name), text);
    }
    if (name.startsWith("SIG")) {
      name = name.substring(3);
    }
    if (name.matches("RTMIN(\\+\\d{1,2})?")) {
      return checked(34 + (name.length() > 5 ? Integer.parseInt(name.substring(6)) : 0), text);
    }
    if (name.matches("RTMAX(-\\d{1,2})?")) {
      return checked(MOST - (name.length() > 5 ? Integer.parseInt(name.substring(6)) : 0), text);
    }
    return checked(name.isEmpty() ? 0 : NAMES.indexOf(name), text);
  }

  /** What an image says with which its containers are stopped; TERM where it makes no sense. */
  static int ofImage(String text) {
    try {
      return text.isEmpty() ? TERM : parse(text);
    } catch (IllegalArgumentException e) {
      return TERM; // as Docker has it: a container must not be without an end for its image's text
    }
  }

  private static int checked(int number, String text) {
    if (number < 1 || number > MOST) {
      throw new IllegalArgumentException(
          "no signal \"" + text + "\": use a name such as TERM or a number from 1 to 64");
    }
    return number;
  }
}
