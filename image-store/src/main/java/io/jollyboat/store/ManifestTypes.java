package io.jollyboat.store;

import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.MediaType;
import java.util.Map;

/** Docker's media types of layers as OCI's, for a manifest must not mix them. */
final class ManifestTypes {
  private static final Map<String, String> OCI =
      Map.of(
          MediaType.DOCKER_LAYER, MediaType.OCI_LAYER,
          MediaType.DOCKER_LAYER_GZIP, MediaType.OCI_LAYER_GZIP,
          MediaType.DOCKER_LAYER_ZSTD, MediaType.OCI_LAYER_ZSTD,
          MediaType.DOCKER_FOREIGN_LAYER, MediaType.OCI_FOREIGN_LAYER,
          MediaType.DOCKER_FOREIGN_LAYER_GZIP, MediaType.OCI_FOREIGN_LAYER_GZIP);

  private ManifestTypes() {}

  static Descriptor toOci(Descriptor layer) {
    return layer.withMediaType(OCI.getOrDefault(layer.mediaType(), layer.mediaType()));
  }
}
