package io.jollyboat.examples;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;

/** What a person sees: titles, and the time that each part took. */
final class Screen {
  private final PrintStream out;
  private final boolean colour;

  Screen(PrintStream out, boolean colour) {
    this.out = out;
    this.colour = colour;
  }

  /** Does something under a title and says how long it took. */
  <T> T timed(String title, Callable<T> work) throws Exception {
    out.println();
    out.println(style("1", "== " + title));
    long start = System.nanoTime();
    T result = work.call();
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    out.println(style("32", "   " + title.toLowerCase(Locale.ROOT) + ": " + milliseconds(took)));
    return result;
  }

  void say(String text) {
    out.println("   " + text);
  }

  PrintStream out() {
    return out;
  }

  static String milliseconds(Duration duration) {
    double ms = duration.toNanos() / 1e6;
    return String.format(Locale.ROOT, ms < 100 ? "%.1f ms" : "%.0f ms", ms);
  }

  private String style(String code, String text) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
