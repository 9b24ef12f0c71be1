package io.jollyboat.store;

import io.jollyboat.StoreException;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.spi.host.LayerTree;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.spi.host.TreeEntry;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;

/** Makes a layer's blob of its tree. */
final class LayerCompression {
  private static final int CHUNK = 64 * 1024;

  private LayerCompression() {}

  /**
   * @throws StoreException when the tree no longer gives the layer's diff id
   */
  static Descriptor compress(LayerTrees trees, BlobStore blobs, Layer layer) {
    MessageDigest tarHasher = layer.diffId().hasher();
    try (BlobWriter blob = blobs.writer(Digest.sha256Hasher())) {
      try (ParallelGzip gzip = new ParallelGzip(blob);
          LayerTree tree = trees.open(layer.tree())) {
        LayerTar tar =
            new LayerTar(new DigestOutputStream(new BufferedOutputStream(gzip, CHUNK), tarHasher));
        tree.forEach((entry, content) -> add(tar, entry, content));
        tar.finish();
      }
      verify(layer, Digest.of(tarHasher));
      long size = blob.size();
      return Descriptor.of(MediaType.OCI_LAYER_GZIP, blob.commit(), size);
    } catch (IOException e) {
      throw StoreFiles.failure("layer " + layer.chainId() + " cannot be compressed", e);
    }
  }

  private static void verify(Layer layer, Digest actual) {
    if (!actual.equals(layer.diffId())) {
      throw new StoreException(
          "layer "
              + layer.chainId()
              + ": the files in "
              + layer.tree()
              + " are no longer those of its diff id "
              + layer.diffId()
              + "; remove the image and build or pull it again",
          null);
    }
  }

  private static void add(LayerTar tar, TreeEntry entry, LayerTree.Content content)
      throws IOException {
    StoreFiles.checkInterrupt("compressing a layer");
    if (entry.kind() != TreeEntry.Kind.FILE) {
      boolean unused = tar.write(entry);
      return;
    }
    try (InputStream bytes = content.open()) {
      tar.write(entry, bytes);
    }
  }
}
