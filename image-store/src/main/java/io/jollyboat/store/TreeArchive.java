package io.jollyboat.store;

import io.jollyboat.spi.host.LayerTree;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeEntry.Kind;
import io.jollyboat.spi.host.TreeWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Plain tar archives of file trees, not of layers: names that begin with {@code .wh.} are names. Of
 * times whole seconds are kept, owners are numbers, sockets are left out. Not safe for use by
 * several threads.
 */
public final class TreeArchive implements LayerTree.Visitor {
  private final LayerTar tar;

  /** Writes to a stream, which is not closed; {@link #finish} ends the archive. */
  public TreeArchive(OutputStream out) {
    this.tar = new LayerTar(out, true);
  }

  /** Adds an entry; one without a path is the directory that holds the others. */
  @Override
  public void visit(TreeEntry entry, LayerTree.Content content) throws IOException {
    StoreFiles.checkInterrupt("writing an archive");
    if (entry.kind() == Kind.WHITEOUT) {
      return;
    }
    if (entry.kind() != Kind.FILE) {
      boolean unused = tar.write(entry);
      return;
    }
    try (InputStream bytes = content.open()) {
      tar.write(entry, bytes);
    }
  }

  public void finish() throws IOException {
    tar.finish();
  }

  /**
   * Reads an archive, gzip and zstd too, to its end.
   *
   * @throws IOException when it is malformed, hostile or too large; what came before is written
   */
  public static void unpack(InputStream archive, TreeWriter writer) throws IOException {
    new LayerUnpacker(Compression.decompressed(archive), writer, true).unpack();
    writer.settle();
  }
}
