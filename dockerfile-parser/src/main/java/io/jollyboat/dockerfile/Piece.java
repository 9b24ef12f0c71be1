package io.jollyboat.dockerfile;

/**
 * A part of a longer text.
 *
 * @param offset where it begins there
 */
record Piece(String text, int offset) {
  /** What follows an index of this piece. */
  Piece from(int index) {
    return new Piece(text.substring(index), offset + index);
  }
}
