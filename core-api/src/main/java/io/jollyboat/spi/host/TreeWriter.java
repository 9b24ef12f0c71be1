package io.jollyboat.spi.host;

import java.io.IOException;
import java.io.InputStream;

/**
 * Writes a tree, resolving every parent inside its root (symbolic links included), and never
 * following the last component. Missing parents are made with mode 0755 and owner 0:0. A directory
 * over a directory replaces its attributes; anything else replaces what was there. A whiteout hides
 * only what lower layers have: over a directory of this tree it makes that directory opaque, over
 * anything else of this tree it changes nothing, and a directory written over a whiteout is opaque.
 * Whiteouts and opaque marks are written as overlayfs reads them. Extended attributes other than
 * {@code user.*} and {@code security.capability}, and overlayfs's own, are dropped. Not safe for
 * use by several threads.
 */
public interface TreeWriter extends AutoCloseable {
  /**
   * Writes one entry. A hard link's target must have been written before.
   *
   * @param content read to its end for a {@code FILE}; ignored for all else
   */
  void write(TreeEntry entry, InputStream content) throws IOException;

  /** Makes a directory hide what lower layers have below it; makes it when it is missing. */
  void markOpaque(String directory) throws IOException;

  /**
   * Sets the times of directories, which writing into them had changed. Nothing can be written
   * after it.
   */
  void settle();

  /** As {@link #settle}, and flushes the tree to disk. */
  void finish();

  /** Releases the tree; what was written stays. */
  @Override
  void close();
}
