package io.jollyboat.spi.host;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * A read-only view of layers merged as a container sees them. Symbolic links are resolved inside
 * the root, an absolute one from it. Not safe for use by several threads.
 */
public interface MergedTree extends AutoCloseable {
  /**
   * The entry of a path: parents are followed, a link at its end is not. Empty when there is none.
   */
  Optional<TreeEntry> find(String path);

  /**
   * The path with every symbolic link on it replaced, its end too, as far as it exists; components
   * that do not exist are kept as they are.
   *
   * @throws java.io.UncheckedIOException when links loop
   */
  String resolve(String path);

  /**
   * The names in a directory (links followed), in the order of their bytes; paths below {@code
   * path}.
   */
  List<TreeEntry> list(String path);

  /** The bytes of a regular file, links followed. */
  InputStream open(String path) throws IOException;

  @Override
  void close();
}
