package io.jollyboat.store;

import io.jollyboat.StoreException;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.spi.host.LayerTree;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.spi.host.TreeEntry;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * A layer's tar, byte by byte: of the blob that was received, or, for a layer made here, of its
 * tree. Safe for use by several threads.
 */
final class LayerContent {
  private static final int CHUNK = 128 * 1024;

  private final LayerTrees trees;
  private final BlobStore blobs;

  LayerContent(LayerTrees trees, BlobStore blobs) {
    this.trees = trees;
    this.blobs = blobs;
  }

  /**
   * @param out not closed
   * @throws StoreException when neither a blob nor the tree gives the layer's diff id
   */
  void writeTar(Layer layer, OutputStream out) throws IOException {
    MessageDigest hasher = layer.diffId().hasher();
    OutputStream hashed = new DigestOutputStream(new BufferedOutputStream(out, CHUNK), hasher);
    Optional<Path> blob =
        layer.blobs().stream()
            .map(Descriptor::digest)
            .flatMap(digest -> blobs.find(digest).stream())
            .findFirst();
    if (blob.isPresent()) {
      copy(blob.get(), hashed);
    } else {
      pack(layer, hashed);
    }
    hashed.flush();
    verify(layer, Digest.of(hasher));
  }

  private static void copy(Path blob, OutputStream out) throws IOException {
    byte[] chunk = new byte[CHUNK];
    try (InputStream file = Files.newInputStream(blob);
        InputStream tar = Compression.bounded(file)) {
      for (int count = tar.read(chunk); count >= 0; count = tar.read(chunk)) {
        StoreFiles.checkInterrupt("reading a layer");
        out.write(chunk, 0, count);
      }
    }
  }

  private void pack(Layer layer, OutputStream out) throws IOException {
    try (LayerTree tree = trees.open(layer.tree())) {
      LayerTar tar = new LayerTar(out);
      tree.forEach((entry, content) -> add(tar, entry, content));
      tar.finish();
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
}
