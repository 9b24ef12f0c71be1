package io.jollyboat.store;

import io.jollyboat.ImageId;
import io.jollyboat.oci.ChainId;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.Index;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.spi.host.FileLocks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

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
      long went = 0;
      if (Files.exists(mark())) {
        went = sweep();
        files.delete(mark());
      }
      return went;
    } finally {
      index.close();
      alone.get().close();
    }
  }

  private long sweep() {
    long went = 0;
    Set<ChainId> usedLayers = new HashSet<>();
    Set<Digest> usedBlobs = new HashSet<>();
    for (ImageId id : images.ids()) {
      if (blobs.find(id.digest()).isEmpty()) {
        images.delete(id);
        continue;
      }
      usedBlobs.add(id.digest());
      images.record(id).flatMap(ImageRecord::provenance).ifPresent(usedBlobs::add);
      images.record(id).ifPresent(r -> r.manifests().forEach(m -> keepManifest(m, usedBlobs)));
      ImageConfig config = images.config(id);
      usedLayers.addAll(ChainId.ofEach(config.diffIds()));
    }
    images.names().indexes().forEach(index -> keepIndex(index, usedBlobs));
    for (ChainId id : layers.list()) {
      if (usedLayers.contains(id)) {
        layers
            .find(id)
            .ifPresent(l -> l.blobs().stream().map(Descriptor::digest).forEach(usedBlobs::add));
      } else {
        went += layers.find(id).map(layer -> layer.size().bytes()).orElse(0L);
        layers.delete(id);
      }
    }
    for (Digest blob : blobs.list()) {
      if (!usedBlobs.contains(blob)) {
        went += blobs.size(blob);
        blobs.delete(blob);
        sources.forget(blob);
      }
    }
    return went;
  }

  /** An index, and what is there of what it names. */
  private void keepIndex(Digest digest, Set<Digest> used) {
    if (blobs.find(digest).isEmpty() || !used.add(digest)) {
      return;
    }
    for (Descriptor manifest : Index.parse(blobs.read(digest)).manifests()) {
      if (MediaType.isIndex(manifest.mediaType())) {
        keepIndex(manifest.digest(), used);
      } else if (MediaType.isManifest(manifest.mediaType())) {
        keepManifest(manifest.digest(), used);
      }
    }
  }

  private void keepManifest(Digest digest, Set<Digest> used) {
    if (blobs.find(digest).isEmpty() || !used.add(digest)) {
      return;
    }
    Manifest manifest = Manifest.parse(blobs.read(digest));
    used.add(manifest.config().digest());
    manifest.layers().forEach(layer -> used.add(layer.digest()));
  }
}
