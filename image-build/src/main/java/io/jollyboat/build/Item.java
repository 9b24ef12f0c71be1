package io.jollyboat.build;

import io.jollyboat.spi.host.TreeEntry;
import java.util.HexFormat;
import java.util.List;

/**
 * One source of a COPY, with everything below it.
 *
 * @param intoDirectory the pieces go below the destination; otherwise the one piece is a file that
 *     may become the destination itself
 * @param pieces parents first
 * @param unpacked what an archive held: it replaces what is in its way, keeps its modes, and has
 *     hard links whose first name is a path among the pieces
 */
record Item(boolean intoDirectory, List<Piece> pieces, boolean unpacked) {
  Item(boolean intoDirectory, List<Piece> pieces) {
    this(intoDirectory, pieces, false);
  }

  Item {
    pieces = List.copyOf(pieces);
  }

  static Item file(Piece piece) {
    return new Item(false, List.of(piece));
  }

  /** Names, modes, owners, link targets, attributes and contents, never times. */
  void describe(KeyText key) {
    key.add("item", intoDirectory ? "directory" : "file");
    for (Piece piece : pieces) {
      key.add("piece", line(piece));
      piece
          .entry()
          .attributes()
          .xattrs()
          .forEach((name, value) -> key.add("xattr", name + " " + HexFormat.of().formatHex(value)));
    }
  }

  private static String line(Piece piece) {
    TreeEntry entry = piece.entry();
    StringBuilder line = new StringBuilder(entry.kind().name());
    line.append(' ').append(Integer.toOctalString(entry.attributes().mode()));
    line.append(' ').append(entry.attributes().uid());
    line.append(':').append(entry.attributes().gid());
    if (entry.kind() == TreeEntry.Kind.CHARACTER_DEVICE
        || entry.kind() == TreeEntry.Kind.BLOCK_DEVICE) {
      line.append(' ').append(entry.major()).append(':').append(entry.minor());
    }
    piece.digest().ifPresent(digest -> line.append(' ').append(digest));
    line.append(' ').append(entry.path());
    return entry.link().isEmpty() ? line.toString() : line + "\n" + entry.link();
  }
}
