package io.jollyboat.store;

import io.jollyboat.oci.ChainId;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Layers, unpacked, by the chain id of the stack that they end. A layer is visible only when it is
 * complete. Layers of one image may be unpacked at the same time, whichever lies below. Safe for
 * use by several threads and processes.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class LayerStore {
  /** The layer, if it is unpacked. */
  public Optional<Layer> find(ChainId chainId) {
    throw new UnsupportedOperationException();
  }

  /**
   * The layers of an image, the lowest first.
   *
   * @throws io.jollyboat.StoreException when one is missing
   */
  public List<Layer> chain(List<Digest> diffIds) {
    throw new UnsupportedOperationException();
  }

  /**
   * Stores a layer's blob and unpacks it, in one pass over the stream, which is not closed. When
   * the layer is there already the stream may be left unread.
   *
   * @param parent the stack that it lies on; empty for the lowest layer
   * @param diffId what its tar must hash to
   * @param blob what the stream must be; its media type says how it is compressed
   * @throws io.jollyboat.ContentException when a digest is wrong, or the archive malformed, hostile
   *     or too large
   */
  public Layer receive(
      Optional<ChainId> parent, Digest diffId, Descriptor blob, InputStream content) {
    throw new UnsupportedOperationException();
  }

  /**
   * Unpacks a layer whose blob is in the store.
   *
   * @throws io.jollyboat.ContentException as {@link #receive}
   */
  public Layer unpack(Optional<ChainId> parent, Digest diffId, Descriptor blob) {
    throw new UnsupportedOperationException();
  }

  /**
   * Unpacks a layer from a stream that is not kept, and not closed.
   *
   * @param mediaType says how it is compressed
   * @throws io.jollyboat.ContentException as {@link #receive}
   */
  public Layer unpack(
      Optional<ChainId> parent, Digest diffId, InputStream content, String mediaType) {
    throw new UnsupportedOperationException();
  }

  /** Starts a layer that a step's changes make. */
  public NewLayer begin() {
    throw new UnsupportedOperationException();
  }

  /**
   * Makes a layer of what is in {@link NewLayer#diff}, which nobody writes to any more. Times lose
   * their fractions of a second.
   *
   * @param latest later times become this one
   * @return empty when nothing was changed
   */
  public Optional<Layer> commit(
      NewLayer changes, Optional<ChainId> parent, Optional<Instant> latest) {
    throw new UnsupportedOperationException();
  }

  /**
   * Makes a layer of some entries, reading each content once.
   *
   * @return empty when there is no entry
   * @throws IllegalArgumentException when the order is wrong or a parent is missing
   */
  public Optional<Layer> write(Optional<ChainId> parent, EntrySource entries) {
    throw new UnsupportedOperationException();
  }

  /**
   * The layer's compressed blob, which is in the store afterwards: the one that was received, or
   * one made of the tree.
   *
   * @throws io.jollyboat.StoreException when the tree no longer gives its diff id
   */
  public Descriptor compressed(Layer layer) {
    throw new UnsupportedOperationException();
  }
}
