package io.jollyboat;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes, not negative. Immutable. */
public record Size(long bytes) implements Comparable<Size> {
  private static final Pattern TEXT = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([kmgtp]?)(?:i?b)?");
  private static final String UNITS = "kmgtp";

  public Size {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size cannot be negative: " + bytes);
    }
  }

  /**
   * Reads a size as Docker's command line does: {@code 512m}, {@code 1.5g}, {@code 64MiB}, {@code
   * 100}. Units are powers of 1024, upper or lower case.
   *
   * @throws IllegalArgumentException when the text is no size
   */
  public static Size parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "not a size: \"" + text + "\"; write a number and a unit, as in 512m or 1.5g");
    }
    String unit = matcher.group(2);
    double factor = unit.isEmpty() ? 1 : Math.pow(1024, UNITS.indexOf(unit) + 1);
    double bytes = Double.parseDouble(matcher.group(1)) * factor;
    if (bytes > Long.MAX_VALUE) {
      throw new IllegalArgumentException("a size of more than 8 exbibytes: \"" + text + "\"");
    }
    return new Size((long) bytes);
  }

  /** {@code n} mebibytes of 1,048,576 bytes. */
  public static Size mib(long n) {
    return new Size(Math.multiplyExact(n, 1L << 20));
  }

  @Override
  public int compareTo(Size other) {
    return Long.compare(bytes, other.bytes);
  }

  /** For people, in powers of 1000 and three digits as Docker prints them: {@code 1.23MB}. */
  @Override
  public String toString() {
    double value = bytes;
    int unit = 0;
    while (value >= 999.5 && unit < UNITS.length()) {
      value /= 1000;
      unit++;
    }
    String number;
    if (unit == 0 || value >= 99.95) {
      number = Long.toString(Math.round(value));
    } else {
      number = String.format(Locale.ROOT, value >= 9.995 ? "%.1f" : "%.2f", value);
    }
    if (number.indexOf('.') >= 0) {
      number = number.replaceAll("\\.?0+$", "");
    }
    return number
        + (unit == 0
            ? ""
            : Character.toString(unit == 1 ? 'k' : Character.toUpperCase(UNITS.charAt(unit - 1))))
        + "B";
  }
}
