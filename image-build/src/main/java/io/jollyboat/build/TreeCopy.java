package io.jollyboat.build;

import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.spi.host.TreeWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** Writes what was selected to a directory of this machine. */
final class TreeCopy {
  private TreeCopy() {}

  /**
   * @param directory made by this call
   * @return what to show: the directory, or the one file in it
   */
  static Path write(Item item, LayerTrees trees, Path directory) throws IOException {
    try (TreeWriter writer = trees.create(directory)) {
      for (Piece piece : item.pieces()) {
        Piece placed = item.intoDirectory() ? piece : piece.at("file");
        try (InputStream content = placed.open()) {
          writer.write(placed.entry(), content);
        }
      }
      writer.finish();
    }
    return item.intoDirectory() ? directory : directory.resolve("file");
  }
}
