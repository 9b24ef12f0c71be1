package io.jollyboat.store;

import com.github.luben.zstd.ZstdIOException;
import io.jollyboat.spi.host.LayerTree;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeEntry.Kind;
import io.jollyboat.spi.host.TreeWriter;
import io.jollyboat.store.compression.CompressionException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.ZipException;
import org.tukaani.xz.XZIOException;

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
   * Whether a file is an archive, compressed or not: its first bytes decide.
   *
   * @param file read as far as needed, not closed
   */
  public static boolean isArchive(InputStream file) throws IOException {
    byte[] start;
    try {
      start = Compression.bounded(file).readNBytes(TarFields.BLOCK);
    } catch (ZipException
        | EOFException
        | ZstdIOException
        | XZIOException
        | CompressionException e) {
      return false; // it only begins like a compressed file
    }
    return start.length == TarFields.BLOCK
        && !TarFields.isZero(start)
        && TarFields.isChecksumRight(start);
  }

  /**
   * Reads an archive, compressed by gzip, zstd, xz or bzip2 or not at all, to its end.
   *
   * @throws IOException when it is malformed, hostile or too large; what came before is written
   */
  public static void unpack(InputStream archive, TreeWriter writer) throws IOException {
    new LayerUnpacker(Compression.bounded(archive), writer, true).unpack();
    writer.settle();
  }
}
