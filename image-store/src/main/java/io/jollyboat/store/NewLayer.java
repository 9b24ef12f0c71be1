package io.jollyboat.store;

import java.nio.file.Path;

/**
 * A layer in the making: an empty directory that becomes a layer by {@link LayerStore#commit}.
 * Closing it without that deletes it. Not safe for use by several threads.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class NewLayer implements AutoCloseable {
  /** Where overlayfs puts what changes: {@code upperdir}. */
  public Path diff() {
    throw new UnsupportedOperationException();
  }

  /** For overlayfs's own use, on the same file system: {@code workdir}. */
  public Path work() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
