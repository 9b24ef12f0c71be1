package io.jollyboat.store;

import io.jollyboat.ContentException;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.spi.host.LayerTree;
import io.jollyboat.spi.host.TreeEntry;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * Compares a layer's tree with its diff id: by its tar, or, where that was another program's, with
 * what its blob unpacks to. Not safe for use by several threads.
 */
final class LayerCheck {
  private final StoreFiles files;
  private final BlobStore blobs;
  private final LayerStore layers;
  private long read;

  LayerCheck(StoreFiles files, BlobStore blobs, LayerStore layers) {
    this.files = files;
    this.blobs = blobs;
    this.layers = layers;
  }

  /** Bytes of content that were read so far. */
  long read() {
    return read;
  }

  /** How a tree is. */
  enum State {
    WHOLE,
    DAMAGED,
    /** The disk does not give it, or not now. */
    UNREADABLE
  }

  /** One that others made and of which no blob is left is taken as it is. */
  State state(Layer layer) {
    if (!Files.isDirectory(layer.tree())) {
      return State.DAMAGED;
    }
    Optional<Digest> own = tarDigest(layer.tree());
    if (own.isEmpty()) {
      return State.UNREADABLE;
    }
    if (own.get().equals(layer.diffId())) {
      return State.WHOLE;
    }
    Optional<NewLayer> again = unpacked(layer);
    if (again.isEmpty()) {
      return layer.blobs().isEmpty() ? State.DAMAGED : State.WHOLE;
    }
    try (NewLayer made = again.get()) {
      return tarDigest(made.diff()).equals(own) ? State.WHOLE : State.DAMAGED;
    }
  }

  /**
   * Unpacks a layer again from one of its blobs, in place of its tree; false when there is none.
   */
  boolean restore(Layer layer) {
    Optional<NewLayer> again = unpacked(layer);
    if (again.isEmpty()) {
      return false;
    }
    try (NewLayer made = again.get()) {
      layers.replace(layer, made);
      return true;
    }
  }

  private Optional<NewLayer> unpacked(Layer layer) {
    for (Descriptor blob : layer.blobs()) {
      Optional<Path> file = blobs.find(blob.digest());
      if (file.isPresent()) {
        Optional<NewLayer> made = unpacked(layer, blob, file.get());
        if (made.isPresent()) {
          return made;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<NewLayer> unpacked(Layer layer, Descriptor blob, Path file) {
    NewLayer made = NewLayer.begin(files, false);
    try (InputStream content = Files.newInputStream(file)) {
      OutputStream nowhere = OutputStream.nullOutputStream();
      LayerReception reception =
          new LayerReception(files, layer.diffId(), blob.digest(), blob.size(), content, nowhere);
      read += reception.unpackInto(made);
      return Optional.of(made);
    } catch (ContentException damaged) {
      made.close();
      return Optional.empty();
    } catch (IOException e) {
      made.close();
      throw StoreFiles.failure("blob " + blob.digest() + " cannot be read", e);
    } catch (RuntimeException | Error e) {
      made.close();
      throw e;
    }
  }

  /** Empty when the tree cannot be read. */
  private Optional<Digest> tarDigest(Path directory) {
    MessageDigest hasher = Digest.sha256Hasher();
    OutputStream out =
        new FilterOutputStream(new DigestOutputStream(OutputStream.nullOutputStream(), hasher)) {
          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            read += length;
            out.write(bytes, offset, length);
          }
        };
    LayerTar tar = new LayerTar(out);
    try (LayerTree tree = files.trees().open(directory)) {
      tree.forEach((entry, content) -> add(tar, entry, content));
      tar.finish();
      return Optional.of(Digest.of(hasher));
    } catch (IOException e) {
      if (StoreFiles.isInterrupt(e)) {
        throw StoreFiles.failure("verifying a layer", e);
      }
      return Optional.empty();
    }
  }

  private static void add(LayerTar tar, TreeEntry entry, LayerTree.Content content)
      throws IOException {
    StoreFiles.checkInterrupt("verifying a layer");
    if (entry.kind() != TreeEntry.Kind.FILE) {
      boolean unused = tar.write(entry);
      return;
    }
    try (InputStream bytes = content.open()) {
      tar.write(entry, bytes);
    }
  }
}
