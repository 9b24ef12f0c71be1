package io.jollyboat.build;

import io.jollyboat.FileSet;
import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeWriter;
import io.jollyboat.store.TreeArchive;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * Writes a build context to a directory: everything this user's own, without extended attributes,
 * so that this process can read it back. Not safe for use by several threads.
 */
final class ContextFiles implements TreeWriter {
  private final TreeWriter writer;

  private ContextFiles(TreeWriter writer) {
    this.writer = writer;
  }

  /**
   * @param archive read to its end, not closed
   * @param directory made by this call
   * @throws IOException the archive is malformed, hostile or too large, or holds a device
   */
  static void unpack(InputStream archive, LayerTrees trees, Path directory) throws IOException {
    try (ContextFiles files = new ContextFiles(trees.create(directory))) {
      TreeArchive.unpack(archive, files);
    }
  }

  static void write(FileSet set, LayerTrees trees, Path directory) throws IOException {
    try (ContextFiles files = new ContextFiles(trees.create(directory))) {
      for (SetFiles.Placed placed : SetFiles.of(set)) {
        String destination = TreePath.clean(placed.destination());
        for (Piece piece : placed.item().pieces()) {
          boolean below = placed.item().intoDirectory();
          Piece there =
              piece.at(below ? TreePath.child(destination, piece.entry().path()) : destination);
          try (InputStream content = there.open()) {
            files.write(there.entry(), content);
          }
        }
      }
      files.settle();
    }
  }

  @Override
  public void write(TreeEntry entry, InputStream content) throws IOException {
    switch (entry.kind()) {
      case CHARACTER_DEVICE, BLOCK_DEVICE, WHITEOUT ->
          throw new IOException(entry.path() + " is a device, which no build context can hold");
      default -> writer.write(entry.withAttributes(own(entry.attributes())), content);
    }
  }

  private static FileAttributes own(FileAttributes attributes) {
    return new FileAttributes(attributes.mode(), 0, 0, attributes.modified());
  }

  @Override
  public void markOpaque(String directory) {
    throw new IllegalStateException("a build context hides nothing");
  }

  @Override
  public void settle() {
    writer.settle();
  }

  @Override
  public void finish() {
    writer.finish();
  }

  @Override
  public void close() {
    writer.close();
  }
}
