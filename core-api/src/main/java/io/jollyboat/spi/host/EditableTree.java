package io.jollyboat.spi.host;

import java.io.IOException;
import java.io.InputStream;

/**
 * Layers merged as a container sees them, under a layer that receives what is changed. Of the paths
 * that change something only the parents are followed. Not safe for use by several threads.
 */
public interface EditableTree extends MergedTree {
  /**
   * Writes one entry as {@link TreeWriter} does; whiteouts and opaque marks are the tree's own.
   *
   * @param content read to its end for a {@code FILE}; ignored for all else
   */
  void write(TreeEntry entry, InputStream content) throws IOException;

  /** Deletes a name, and of a directory all that is in it. */
  void delete(String path) throws IOException;

  /** Gives an entry the mode and the owner of these attributes; a link has no mode. */
  void change(TreeEntry entry, FileAttributes attributes) throws IOException;
}
