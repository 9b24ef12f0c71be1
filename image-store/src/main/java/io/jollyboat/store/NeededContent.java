package io.jollyboat.store;

import io.jollyboat.ImageId;
import io.jollyboat.oci.ChainId;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.Index;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import java.util.HashSet;
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

  /** An index, and what is there of what it names. */
  private void index(Digest digest) {
    if (!neededBlobs.add(digest) || blobs.find(digest).isEmpty()) {
      return;
    }
    for (Descriptor manifest : Index.parse(blobs.read(digest)).manifests()) {
      if (MediaType.isIndex(manifest.mediaType())) {
        index(manifest.digest());
      } else if (MediaType.isManifest(manifest.mediaType())) {
        manifest(manifest.digest());
      }
    }
  }

  private void manifest(Digest digest) {
    if (!neededBlobs.add(digest) || blobs.find(digest).isEmpty()) {
      return;
    }
    Manifest manifest = Manifest.parse(blobs.read(digest));
    neededBlobs.add(manifest.config().digest());
    manifest.layers().forEach(layer -> neededBlobs.add(layer.digest()));
  }
}
