package io.jollyboat.build;

import io.jollyboat.StoredImage;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The images that a build has taken from elsewhere. Safe for use by several threads. */
final class Materials {
  private final Map<String, StoredImage> images = Collections.synchronizedMap(new TreeMap<>());

  void add(String reference, StoredImage image) {
    images.put(reference + " " + image.platform(), image);
  }

  /** By name and platform. */
  Map<String, StoredImage> images() {
    return new TreeMap<>(images);
  }

  /** Of the manifest that a name stood for, where that is known. */
  static Optional<Digest> manifest(String name, StoredImage image) {
    ImageReference wanted = ImageReference.parse(name);
    return image.names().stream()
        .filter(known -> known.sameRepository(wanted))
        .flatMap(known -> known.digest().stream())
        .findFirst();
  }
}
