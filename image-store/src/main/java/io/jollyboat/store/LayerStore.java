package io.jollyboat.store;

import io.jollyboat.ContentException;
import io.jollyboat.Size;
import io.jollyboat.StoreException;
import io.jollyboat.oci.ChainId;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.spi.host.FileLocks;
import io.jollyboat.spi.host.LayerTree;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Layers, unpacked, by the chain id of the stack that they end. A layer is visible only when it is
 * complete. Layers of one image may be unpacked at the same time, whichever lies below. Safe for
 * use by several threads and processes.
 */
public final class LayerStore {
  private static final int LOCK_DIGITS = 3;

  private final StoreFiles files;
  private final BlobStore blobs;
  private final LayerContent content;

  LayerStore(StoreFiles files, BlobStore blobs) {
    this.files = files;
    this.blobs = blobs;
    this.content = new LayerContent(files.trees(), blobs);
  }

  LayerContent content() {
    return content;
  }

  /** The layer, if it is unpacked. */
  public Optional<Layer> find(ChainId chainId) {
    Path directory = directory(chainId);
    return files
        .read(directory.resolve(LayerRecord.FILE))
        .map(content -> read(chainId, directory, content));
  }

  private static Layer read(ChainId chainId, Path directory, byte[] content) {
    try {
      return LayerRecord.read(chainId, directory, content);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new StoreException(
          "layer " + chainId + " is damaged: " + e.getMessage() + "; delete " + directory, e);
    }
  }

  /**
   * The layers of an image, the lowest first.
   *
   * @throws StoreException when one is missing
   */
  public List<Layer> chain(List<Digest> diffIds) {
    List<Layer> chain = new ArrayList<>(diffIds.size());
    for (ChainId id : ChainId.ofEach(diffIds)) {
      chain.add(required(id));
    }
    return List.copyOf(chain);
  }

  private Layer required(ChainId id) {
    return find(id)
        .orElseThrow(
            () ->
                new StoreException(
                    "layer " + id + " is missing from the store; pull or build the image again",
                    null));
  }

  /** The trees of a stack as overlayfs and a merged view take them, the uppermost first. */
  List<Path> treesTopFirst(Optional<ChainId> top) {
    List<Path> trees = new ArrayList<>();
    for (Optional<ChainId> id = top; id.isPresent(); ) {
      Layer layer = required(id.get());
      trees.add(layer.tree());
      id = layer.parent();
    }
    return trees;
  }

  /**
   * Stores a layer's blob and unpacks it, in one pass over the stream, which is not closed. When
   * the layer and its blob are there already the stream is left unread.
   *
   * @param parent the stack that it lies on; empty for the lowest layer
   * @param diffId what its tar must hash to
   * @param blob what the stream must be
   * @throws ContentException when a digest is wrong, or the archive malformed, hostile or too large
   */
  public Layer receive(
      Optional<ChainId> parent, Digest diffId, Descriptor blob, InputStream content) {
    ChainId id = LayerRecord.chainId(parent, diffId);
    FileLocks.Lock lock = lock(id);
    try {
      Optional<Layer> known = find(id);
      if (known.isPresent()) {
        return withBlob(known.get(), blob, content);
      }
      if (blobs.find(blob.digest()).isPresent()) {
        return unpackStored(parent, diffId, blob);
      }
      return receiveNew(parent, diffId, blob, content);
    } finally {
      lock.close();
    }
  }

  /** Another blob of a layer that is there becomes one of it only when it stands for its files. */
  private Layer withBlob(Layer layer, Descriptor blob, InputStream content) {
    Optional<Path> stored = blobs.find(blob.digest());
    if (stored.isPresent() && layer.blobs().contains(blob)) {
      return layer;
    }
    try (BlobWriter writer = blobs.writer(blob.digest().hasher())) {
      if (stored.isPresent()) {
        verify(layer, blob, stored.get());
      } else {
        reception(layer, blob, content, writer).verify();
        writer.commit(blob.digest(), blob.size());
      }
      return remember(layer, blob);
    } catch (IOException e) {
      throw StoreFiles.failure("blob " + blob.digest() + " cannot be stored", e);
    }
  }

  private void verify(Layer layer, Descriptor blob, Path file) throws IOException {
    try (InputStream content = Files.newInputStream(file)) {
      reception(layer, blob, content, OutputStream.nullOutputStream()).verify();
    }
  }

  private LayerReception reception(
      Layer layer, Descriptor blob, InputStream content, OutputStream copy) {
    return new LayerReception(files, layer.diffId(), blob.digest(), blob.size(), content, copy);
  }

  private Layer receiveNew(
      Optional<ChainId> parent, Digest diffId, Descriptor blob, InputStream content) {
    try (BlobWriter writer = blobs.writer(blob.digest().hasher());
        NewLayer made = NewLayer.begin(files, false)) {
      LayerReception reception =
          new LayerReception(files, diffId, blob.digest(), blob.size(), content, writer);
      long size = reception.unpackInto(made);
      writer.commit(blob.digest(), blob.size());
      return publish(made, parent, diffId, size, List.of(blob));
    } catch (IOException e) {
      throw StoreFiles.failure("layer " + diffId + " cannot be stored", e);
    }
  }

  /**
   * Unpacks a layer whose blob is in the store.
   *
   * @throws ContentException as {@link #receive}
   */
  public Layer unpack(Optional<ChainId> parent, Digest diffId, Descriptor blob) {
    ChainId id = LayerRecord.chainId(parent, diffId);
    FileLocks.Lock lock = lock(id);
    try {
      Optional<Layer> known = find(id);
      return known.isPresent()
          ? withBlob(known.get(), blob, InputStream.nullInputStream())
          : unpackStored(parent, diffId, blob);
    } finally {
      lock.close();
    }
  }

  private Layer unpackStored(Optional<ChainId> parent, Digest diffId, Descriptor blob) {
    Path file =
        blobs
            .find(blob.digest())
            .orElseThrow(
                () -> new StoreException("blob " + blob.digest() + " is not in the store", null));
    try (InputStream content = Files.newInputStream(file);
        NewLayer made = NewLayer.begin(files, false)) {
      LayerReception reception =
          new LayerReception(
              files, diffId, blob.digest(), blob.size(), content, OutputStream.nullOutputStream());
      long size = reception.unpackInto(made);
      return publish(made, parent, diffId, size, List.of(blob));
    } catch (IOException e) {
      throw StoreFiles.failure("blob " + blob.digest() + " cannot be read", e);
    }
  }

  /**
   * Unpacks a layer from a stream that is not kept, and not closed.
   *
   * @throws ContentException as {@link #receive}
   */
  public Layer unpack(Optional<ChainId> parent, Digest diffId, InputStream content) {
    ChainId id = LayerRecord.chainId(parent, diffId);
    FileLocks.Lock lock = lock(id);
    try {
      Optional<Layer> known = find(id);
      if (known.isPresent()) {
        return known.get();
      }
      try (NewLayer made = NewLayer.begin(files, false)) {
        LayerReception reception =
            new LayerReception(
                files, diffId, diffId, Long.MAX_VALUE, content, OutputStream.nullOutputStream());
        return publish(made, parent, diffId, reception.unpackInto(made), List.of());
      }
    } finally {
      lock.close();
    }
  }

  /** Starts a layer that a step's changes make. */
  public NewLayer begin() {
    return NewLayer.begin(files, true);
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
    LayerMaking making = new LayerMaking(files, () -> treesTopFirst(parent));
    return publish(changes, parent, making.scan(changes.diff(), latest));
  }

  /**
   * Makes a layer of some entries, reading each content once.
   *
   * @return empty when there is no entry
   * @throws IllegalArgumentException when the order is wrong or a parent is missing
   */
  public Optional<Layer> write(Optional<ChainId> parent, EntrySource entries) {
    try (NewLayer made = NewLayer.begin(files, false)) {
      LayerMaking making = new LayerMaking(files, () -> treesTopFirst(parent));
      return publish(made, parent, making.write(made.diff(), entries));
    }
  }

  /**
   * Makes one layer, on nothing, of what some layers are together.
   *
   * @param diffIds the lowest first
   * @return empty when there is nothing in them
   */
  public Optional<Layer> squash(List<Digest> diffIds) {
    if (diffIds.isEmpty()) {
      return Optional.empty();
    }
    List<Path> topFirst = treesTopFirst(Optional.of(ChainId.of(diffIds)));
    try (LayerTree merged = files.trees().subtree(topFirst, "").orElseThrow()) {
      return write(
          Optional.empty(),
          visitor ->
              merged.forEach(
                  (entry, content) -> {
                    if (entry.kind() != TreeEntry.Kind.WHITEOUT) {
                      visitor.visit(entry.notOpaque(), content);
                    }
                  }));
    }
  }

  /**
   * Makes a layer of an archive of a root file system, compressed or not, which is not closed.
   *
   * @return empty when nothing is in it
   * @throws ContentException when it is malformed, hostile or too large
   */
  public Optional<Layer> pack(InputStream archive) {
    try (NewLayer made = NewLayer.begin(files, false)) {
      try (TreeWriter writer = files.trees().create(made.diff())) {
        TreeArchive.unpack(archive, writer);
      } catch (IOException e) {
        throw StoreFiles.isInterrupt(e)
            ? StoreFiles.failure("unpacking an archive", e)
            : new ContentException("the archive of a root file system: " + e.getMessage(), e);
      }
      return commit(made, Optional.empty(), Optional.empty());
    }
  }

  private Optional<Layer> publish(
      NewLayer changes, Optional<ChainId> parent, Optional<LayerMaking.Made> made) {
    if (made.isEmpty()) {
      changes.close();
      return Optional.empty();
    }
    FileLocks.Lock lock = lock(LayerRecord.chainId(parent, made.get().diffId()));
    try {
      long size = made.get().size();
      return Optional.of(publish(changes, parent, made.get().diffId(), size, List.of()));
    } finally {
      lock.close();
    }
  }

  private Layer publish(
      NewLayer changes,
      Optional<ChainId> parent,
      Digest diffId,
      long size,
      List<Descriptor> known) {
    ChainId id = LayerRecord.chainId(parent, diffId);
    Path directory = directory(id);
    Layer layer =
        new Layer(id, diffId, parent, directory.resolve(LayerRecord.TREE), new Size(size), known);
    if (!changes.publish(layer, directory)) {
      changes.close();
      return required(id);
    }
    return layer;
  }

  private Layer remember(Layer layer, Descriptor blob) {
    if (layer.blobs().contains(blob)) {
      return layer;
    }
    Layer more = LayerRecord.with(layer, blob);
    files.replace(directory(layer.chainId()).resolve(LayerRecord.FILE), LayerRecord.write(more));
    return more;
  }

  /**
   * The layer's compressed blob, which is in the store afterwards: the one that was received, or
   * one made of the tree.
   *
   * @throws StoreException when the tree no longer gives its diff id
   */
  public Descriptor compressed(Layer layer) {
    Optional<Descriptor> stored = storedBlob(layer);
    if (stored.isPresent()) {
      return stored.get();
    }
    FileLocks.Lock lock = lock(layer.chainId());
    try {
      Layer current = required(layer.chainId());
      Optional<Descriptor> since = storedBlob(current);
      if (since.isPresent()) {
        return since.get();
      }
      Descriptor made = LayerCompression.compress(content, blobs, current);
      Layer unused = remember(current, made);
      return made;
    } finally {
      lock.close();
    }
  }

  /** The first of a layer's compressed blobs that the store has. */
  private Optional<Descriptor> storedBlob(Layer layer) {
    return layer.blobs().stream()
        .filter(blob -> !blob.digest().equals(layer.diffId()))
        .filter(blob -> blobs.find(blob.digest()).isPresent())
        .findFirst();
  }

  /** The chain id of every layer in the store. */
  List<ChainId> list() {
    return files.list("layers").stream().map(Digest::ofSha256).map(ChainId::new).toList();
  }

  /** Puts a tree that was made again in place of a layer's. */
  void replace(Layer layer, NewLayer made) {
    FileLocks.Lock lock = lock(layer.chainId());
    try {
      files.deleteTree(directory(layer.chainId()));
      boolean unused = made.publish(layer, directory(layer.chainId()));
    } finally {
      lock.close();
    }
  }

  boolean exists(ChainId id) {
    return Files.exists(directory(id));
  }

  void delete(ChainId id) {
    FileLocks.Lock lock = lock(id);
    try {
      files.deleteTree(directory(id));
    } finally {
      lock.close();
    }
  }

  private Path directory(ChainId id) {
    return files.path("layers", id.hex());
  }

  /** Several layers share a lock, so that there are not as many lock files as ever were layers. */
  private FileLocks.Lock lock(ChainId id) {
    return files.lock("layer-" + id.hex().substring(0, LOCK_DIGITS));
  }
}
