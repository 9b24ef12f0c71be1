package io.jollyboat.spi.host;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.UnaryOperator;

/**
 * One layer's tree, as overlayfs left it or the store unpacked it. Not safe for use by several
 * threads.
 */
public interface LayerTree extends AutoCloseable {
  /**
   * Visits every entry, directories before what they hold, siblings in order of their names' bytes
   * but whiteouts first, the root (path {@code ""}) first of all. The second and later names of a
   * file with several links are {@code HARD_LINK}s to the first one visited. Extended attributes of
   * overlayfs itself are left out.
   */
  void forEach(Visitor visitor) throws IOException;

  /**
   * As {@link #forEach(Visitor)}, but before an entry is visited its time of modification and its
   * opaque mark are changed on disk to those of what {@code amendment} returns for it; what else
   * differs is ignored. The visitor sees the amended entry.
   */
  void forEach(UnaryOperator<TreeEntry> amendment, Visitor visitor) throws IOException;

  @Override
  void close();

  /** Told each entry; the content can be opened during the call. */
  interface Visitor {
    void visit(TreeEntry entry, Content content) throws IOException;
  }

  /** Opens a {@code FILE}'s bytes; the caller closes the stream. */
  interface Content {
    InputStream open() throws IOException;
  }
}
