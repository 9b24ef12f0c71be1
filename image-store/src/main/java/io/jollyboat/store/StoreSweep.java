package io.jollyboat.store;

import io.jollyboat.StoreException;
import io.jollyboat.oci.ChainId;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.OciFormatException;
import io.jollyboat.spi.host.FileLocks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Deletes layers and blobs that no image needs. That is wanted when an image was removed; it waits,
 * by a mark in the store, while somebody holds a lease. Safe for use by several threads.
 */
final class StoreSweep {
  static final String LEASE = "lease";

  private final StoreFiles files;
  private final BlobStore blobs;
  private final LayerStore layers;
  private final BlobSources sources;
  private final ImageIndex images;

  StoreSweep(
      StoreFiles files,
      BlobStore blobs,
      LayerStore layers,
      BlobSources sources,
      ImageIndex images) {
    this.files = files;
    this.blobs = blobs;
    this.layers = layers;
    this.sources = sources;
    this.images = images;
  }

  private Path mark() {
    return files.root().resolve("sweep");
  }

  /** Has the next sweep, by whomever, look for what is not needed. */
  void want() {
    files.replace(mark(), new byte[0]);
  }

  /** Sweeps if it is wanted and nobody holds a lease. */
  void ifWanted() {
    if (Files.exists(mark())) {
      long unused = now();
    }
  }

  /** Sweeps, unless somebody holds a lease; returns the bytes of what went. */
  long now() {
    Optional<FileLocks.Lock> alone = files.tryLock(LEASE);
    if (alone.isEmpty()) {
      return 0;
    }
    FileLocks.Lock index = images.lock();
    try {
      long[] went = {0};
      if (Files.exists(mark()) && sweep(went)) {
        files.delete(mark());
      }
      return went[0];
    } finally {
      index.close();
      alone.get().close();
    }
  }

  /**
   * Where a document cannot be read, or is missing, nothing is deleted: what it names, a container
   * may be running on. A verification tells what is wrong.
   */
  private boolean sweep(long[] went) {
    NeededContent needed;
    try {
      needed = NeededContent.of(images, blobs, layers);
    } catch (StoreException | OciFormatException e) {
      return false;
    }
    went[0] = delete(needed);
    return true;
  }

  private long delete(NeededContent needed) {
    long went = 0;
    for (ChainId id : layers.list()) {
      if (!needed.layers().contains(id)) {
        went += layers.find(id).map(layer -> layer.size().bytes()).orElse(0L);
        layers.delete(id);
      }
    }
    for (Digest blob : blobs.list()) {
      if (!needed.blobs().contains(blob)) {
        went += blobs.size(blob);
        blobs.delete(blob);
        sources.forget(blob);
      }
    }
    return went;
  }

  /** What nothing needs. */
  record Orphans(List<ChainId> layers, List<Digest> blobs) {
    Orphans {
      layers = List.copyOf(layers);
      blobs = List.copyOf(blobs);
    }
  }

  /** What a sweep would delete now; nothing is known while somebody holds a lease. */
  Orphans orphans() {
    Optional<FileLocks.Lock> alone = files.tryLock(LEASE);
    if (alone.isEmpty()) {
      return new Orphans(List.of(), List.of());
    }
    FileLocks.Lock index = images.lock();
    try {
      return among(layers.list(), blobs.list());
    } finally {
      index.close();
      alone.get().close();
    }
  }

  /** Which of these are needed by nothing now. */
  Orphans among(List<ChainId> someLayers, List<Digest> someBlobs) {
    NeededContent needed;
    try {
      needed = NeededContent.of(images, blobs, layers);
    } catch (StoreException | OciFormatException e) {
      return new Orphans(List.of(), List.of());
    }
    return new Orphans(
        someLayers.stream().filter(id -> !needed.layers().contains(id)).toList(),
        someBlobs.stream().filter(digest -> !needed.blobs().contains(digest)).toList());
  }
}
