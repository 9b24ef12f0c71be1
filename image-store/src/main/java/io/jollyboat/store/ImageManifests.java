package io.jollyboat.store;

import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.Manifest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds, or makes, the manifest of an image. Safe for use by several threads. */
final class ImageManifests {
  private final BlobStore blobs;
  private final LayerStore layers;

  ImageManifests(BlobStore blobs, LayerStore layers) {
    this.blobs = blobs;
    this.layers = layers;
  }

  /**
   * The one that was received or pushed, if its layers are here as they were and it says what the
   * image's annotations do, else a new one, for which missing blobs are made.
   */
  Manifest of(ImageRecord record, ImageConfig config) {
    Map<String, String> annotations = record.annotations();
    for (Digest digest : record.manifests()) {
      Optional<Manifest> manifest =
          blobs.find(digest).map(file -> Manifest.parse(blobs.read(digest)));
      if (manifest.isPresent()
          && isComplete(manifest.get(), config)
          && manifest.get().annotations().entrySet().containsAll(annotations.entrySet())) {
        return manifest.get();
      }
    }
    List<Descriptor> compressed =
        layers.chain(config.diffIds()).stream()
            .map(layers::compressed)
            .map(ManifestTypes::toOci)
            .toList();
    return Manifest.builder(config.descriptor())
        .layers(compressed)
        .annotations(annotations)
        .build();
  }

  private boolean isComplete(Manifest manifest, ImageConfig config) {
    return manifest.config().digest().equals(config.id())
        && manifest.layers().stream().allMatch(layer -> blobs.find(layer.digest()).isPresent());
  }
}
