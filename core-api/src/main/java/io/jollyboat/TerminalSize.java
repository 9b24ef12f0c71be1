package io.jollyboat;

/** The size of a terminal in characters, 1 to 65535 each. Immutable. */
public record TerminalSize(int rows, int columns) {
  private static final int MOST = 65535;

  public TerminalSize {
    if (rows < 1 || rows > MOST || columns < 1 || columns > MOST) {
      throw new IllegalArgumentException(
          "a terminal has 1 to 65535 rows and columns, not " + rows + " and " + columns);
    }
  }
}
