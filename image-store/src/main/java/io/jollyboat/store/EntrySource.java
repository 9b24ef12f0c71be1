package io.jollyboat.store;

import io.jollyboat.spi.host.LayerTree;
import java.io.IOException;

/**
 * The entries of a layer that is to be written, in {@link
 * io.jollyboat.spi.host.LayerTree#forEach}'s order and with every parent directory among them; the
 * root itself may be left out. Of times whole seconds are kept.
 */
public interface EntrySource {
  /** Hands every entry to the visitor, which opens each file's content once, during the call. */
  void forEach(LayerTree.Visitor visitor) throws IOException;
}
