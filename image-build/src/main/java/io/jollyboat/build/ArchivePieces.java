package io.jollyboat.build;

import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeEntry.Kind;
import io.jollyboat.spi.host.TreeWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an archive holds as pieces, in its order, the contents in one file. Of two members of one
 * name the last counts. Not safe for use by several threads.
 */
final class ArchivePieces implements TreeWriter {
  private final Path spool;
  private final OutputStream contents;
  private final Map<String, Piece> pieces = new LinkedHashMap<>();
  private long written;

  /**
   * @param spool an empty file, read as long as the pieces are used
   */
  ArchivePieces(Path spool) throws IOException {
    this.spool = spool;
    this.contents = new BufferedOutputStream(Files.newOutputStream(spool), 1 << 16);
  }

  List<Piece> all() throws IOException {
    contents.flush();
    return List.copyOf(pieces.values());
  }

  @Override
  public void write(TreeEntry entry, InputStream content) throws IOException {
    if (entry.path().isEmpty() || entry.kind() == Kind.WHITEOUT) {
      return; // where it is unpacked stays as it is; a device that overlayfs takes for a deletion
    }
    if (entry.kind() == Kind.HARD_LINK && !pieces.containsKey(entry.link())) {
      throw new IOException(
          "the link " + entry.path() + " names " + entry.link() + ", which is not before it");
    }
    pieces.remove(entry.path());
    pieces.put(
        entry.path(),
        entry.kind() == Kind.FILE ? file(entry, content) : Piece.withoutContent(entry));
  }

  private Piece file(TreeEntry entry, InputStream content) throws IOException {
    long start = written;
    long size = content.transferTo(contents);
    written += size;
    return new Piece(entry, Optional.empty(), () -> new FileRange(spool, start, size));
  }

  @Override
  public void markOpaque(String directory) {
    throw new IllegalStateException("a plain archive hides nothing");
  }

  @Override
  public void settle() {}

  @Override
  public void finish() {}

  @Override
  public void close() {
    try {
      contents.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + spool, e);
    }
  }
}
