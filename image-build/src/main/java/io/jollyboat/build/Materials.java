package io.jollyboat.build;

import io.jollyboat.StoredImage;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Platform;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The images that a build has taken from elsewhere. Safe for use by several threads. */
final class Materials {
  private final Map<String, StoredImage> images = Collections.synchronizedMap(new TreeMap<>());

  private final Map<String, StoredImage> asked = new ConcurrentHashMap<>();

  /** What a name stood for when it was first asked for. */
  StoredImage once(String reference, Platform wanted, Supplier<StoredImage> pull) {
    String question = reference + " " + wanted;
    StoredImage known = asked.get(question);
    if (known == null) {
      StoredImage found = pull.get();
      StoredImage first = asked.putIfAbsent(question, found);
      known = first == null ? found : first;
      images.put(reference + " " + known.platform(), known);
    }
    return known;
  }

  /** By name and platform. */
  Map<String, StoredImage> images() {
    return new TreeMap<>(images);
  }

  /** Of the manifest that a name stood for, where that is known. */
  static Optional<Digest> manifest(String name, StoredImage image) {
    if (image.names().isEmpty()) {
      return Optional.empty(); // of a layout, whose path is no reference
    }
    ImageReference wanted = ImageReference.parse(name);
    return image.names().stream()
        .filter(known -> known.sameRepository(wanted))
        .flatMap(known -> known.digest().stream())
        .findFirst();
  }
}
