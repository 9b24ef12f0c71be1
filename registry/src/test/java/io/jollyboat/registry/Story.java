package io.jollyboat.registry;

import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.History;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.oci.Platform;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** An image of one layer that tests push and pull. */
record Story(LayerBytes layer, ImageConfig config, Manifest manifest) {
  /** Quick, and long enough to see three failures. */
  static final RetryPolicy QUICK = new RetryPolicy(4, Duration.ofMillis(5), Duration.ofSeconds(3));

  /** Bytes that are not changed. */
  static final class LayerBytes {
    private final byte[] content;

    LayerBytes(byte[] content) {
      this.content = content;
    }

    byte[] content() {
      return content.clone();
    }

    Descriptor descriptor() {
      return Descriptor.of(MediaType.OCI_LAYER, Digest.sha256(content), content.length);
    }
  }

  static Story of(Platform platform, int layerSize) {
    byte[] content = new byte[layerSize];
    new Random(layerSize).nextBytes(content);
    LayerBytes layer = new LayerBytes(content);
    ImageConfig config =
        ImageConfig.builder(platform)
            .layer(layer.descriptor().digest(), History.of(Instant.EPOCH, "test"))
            .build();
    Manifest manifest = Manifest.of(config.descriptor(), List.of(layer.descriptor()));
    return new Story(layer, config, manifest);
  }

  static Story small() {
    return of(Platform.parse("linux/amd64"), 1000);
  }

  static HttpRegistry.Builder client() {
    return HttpRegistry.builder()
        .credentials(host -> Optional.empty())
        .proxy(Map.of())
        .retries(QUICK);
  }

  /** A stream that cannot be read twice, as those of files. */
  static InputStream oneShot(byte[] content) {
    return new FilterInputStream(new ByteArrayInputStream(content)) {};
  }

  void push(HttpRegistry registry, ImageReference reference) {
    registry.pushBlob(reference, layer.descriptor(), new ByteArrayInputStream(layer.content()));
    registry.pushBlob(reference, config.descriptor(), new ByteArrayInputStream(config.bytes()));
    Digest unused = registry.pushManifest(reference, manifest.mediaType(), manifest.bytes());
  }
}
