package io.jollyboat.registry;

import io.jollyboat.ContentException;
import io.jollyboat.RegistryException;
import io.jollyboat.RegistrySettings;
import io.jollyboat.oci.ImageReference;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Where to look for an image: at the mirrors of its registry, then there. */
final class Mirrors {
  private final RegistrySettings settings;

  Mirrors(RegistrySettings settings) {
    this.settings = settings;
  }

  /** Whether a host, as references have it, is that of a mirror that speaks plain HTTP. */
  boolean isPlain(String host) {
    return settings.mirrors().stream()
        .anyMatch(mirror -> mirror.getScheme().equals("http") && host(mirror).equals(host));
  }

  private static String host(URI mirror) {
    return mirror.getHost() + (mirror.getPort() < 0 ? "" : ":" + mirror.getPort());
  }

  /** The answer of the first mirror that has one, or the registry's own, whatever that is. */
  <T> T first(
      ImageReference reference,
      Function<ImageReference, Optional<T>> mirror,
      Function<ImageReference, T> registry) {
    for (ImageReference there : mirrored(reference)) {
      try {
        Optional<T> answer = mirror.apply(there);
        if (answer.isPresent()) {
          return answer.get();
        }
      } catch (RegistryException | ContentException e) {
        // A mirror that fails is one that does not have it: the next may, and the registry does.
      }
    }
    return registry.apply(reference);
  }

  private List<ImageReference> mirrored(ImageReference reference) {
    List<ImageReference> all = new ArrayList<>();
    for (URI mirror : settings.mirrors(reference.domain())) {
      String prefix = mirror.getPath().replaceAll("^/+|/+$", "");
      String path = (prefix.isEmpty() ? "" : prefix + "/") + reference.path();
      ImageReference there = ImageReference.parse(host(mirror) + "/" + path);
      ImageReference tagged = reference.tag().map(there::withTag).orElse(there);
      all.add(reference.digest().map(tagged::withDigest).orElse(tagged));
    }
    return all;
  }
}
