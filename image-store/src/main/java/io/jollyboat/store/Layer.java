package io.jollyboat.store;

import io.jollyboat.Size;
import io.jollyboat.oci.ChainId;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One unpacked layer, as it was when the store was asked. Immutable.
 *
 * @param chainId of this layer on those below it
 * @param diffId digest of its tar
 * @param parent the stack that it lies on; empty for the lowest layer
 * @param tree the directory to mount as one of overlayfs's lower directories
 * @param size bytes of its files
 * @param blobs compressed forms that are known for it: received, or made for a push
 */
public record Layer(
    ChainId chainId,
    Digest diffId,
    Optional<ChainId> parent,
    Path tree,
    Size size,
    List<Descriptor> blobs) {
  public Layer {
    blobs = List.copyOf(blobs);
  }
}
