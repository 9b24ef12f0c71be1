package io.jollyboat.store;

import io.jollyboat.ImageId;
import io.jollyboat.oci.ChainId;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.Index;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.oci.OciFormatException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The layers and blobs that some image needs, as of one moment. Not safe for use by several
 * threads.
 */
final class NeededContent {
  private final ImageIndex images;
  private final BlobStore blobs;
  private final LayerStore layers;
  private final Set<ChainId> neededLayers = new HashSet<>();
  private final Set<Digest> neededBlobs = new HashSet<>();
  private final Set<Digest> seenManifests = new HashSet<>();

  private NeededContent(ImageIndex images, BlobStore blobs, LayerStore layers) {
    this.images = images;
    this.blobs = blobs;
    this.layers = layers;
  }

  /**
   * To be asked under the index's lock and with no lease held by others.
   *
   * @throws io.jollyboat.StoreException when a document cannot be read: what it names is not known
   *     then, and nothing may be deleted
   */
  static NeededContent of(ImageIndex images, BlobStore blobs, LayerStore layers) {
    NeededContent needed = new NeededContent(images, blobs, layers);
    images.ids().forEach(needed::image);
    images.names().indexes().forEach(needed::index);
    needed.neededLayers.forEach(needed::blobsOf);
    return needed;
  }

  Set<ChainId> layers() {
    return neededLayers;
  }

  Set<Digest> blobs() {
    return neededBlobs;
  }

  private void image(ImageId id) {
    neededBlobs.add(id.digest());
    images.record(id).flatMap(ImageRecord::provenance).ifPresent(neededBlobs::add);
    images.manifests(id).forEach(this::manifest);
    neededLayers.addAll(ChainId.ofEach(images.config(id).diffIds()));
  }

  private void blobsOf(ChainId layer) {
    layers
        .find(layer)
        .ifPresent(l -> l.blobs().stream().map(Descriptor::digest).forEach(neededBlobs::add));
  }

  /**
   * An index, and what is there of what it names. Strangers made these documents: they may nest
   * deep, name each other under wrong types, or be none. One that is none leads nowhere.
   */
  private void index(Digest root) {
    Deque<Digest> left = new ArrayDeque<>(List.of(root));
    Set<Digest> seen = new HashSet<>();
    while (!left.isEmpty()) {
      Digest digest = left.pop();
      neededBlobs.add(digest);
      if (seen.add(digest)) {
        for (Descriptor inner : entries(digest)) {
          if (MediaType.isIndex(inner.mediaType())) {
            left.push(inner.digest());
          } else if (MediaType.isManifest(inner.mediaType())) {
            manifest(inner.digest());
          }
          neededBlobs.add(inner.digest());
        }
      }
    }
  }

  private List<Descriptor> entries(Digest index) {
    try {
      return document(index).map(Index::parse).map(Index::manifests).orElse(List.of());
    } catch (OciFormatException e) {
      return List.of();
    }
  }

  private void manifest(Digest digest) {
    neededBlobs.add(digest);
    if (!seenManifests.add(digest)) {
      return;
    }
    try {
      Optional<Manifest> manifest = document(digest).map(Manifest::parse);
      manifest.ifPresent(m -> neededBlobs.add(m.config().digest()));
      manifest.ifPresent(m -> m.layers().forEach(layer -> neededBlobs.add(layer.digest())));
    } catch (OciFormatException e) {
      return; // no manifest, whatever it was said to be
    }
  }

  /** Empty when it is not there, or is too large to be a document. */
  private Optional<byte[]> document(Digest digest) {
    return blobs.find(digest).isPresent() && blobs.size(digest) <= BlobStore.LARGEST_DOCUMENT
        ? Optional.of(blobs.read(digest))
        : Optional.empty();
  }
}
