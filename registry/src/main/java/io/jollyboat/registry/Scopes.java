package io.jollyboat.registry;

import io.jollyboat.oci.ImageReference;
import java.util.Set;
import java.util.TreeSet;

/** What a token must allow: distribution's "Token Scope". */
final class Scopes {
  private Scopes() {}

  static Set<String> pull(ImageReference repository) {
    return Set.of("repository:" + repository.path() + ":pull");
  }

  static Set<String> push(ImageReference repository) {
    return Set.of("repository:" + repository.path() + ":pull,push");
  }

  static Set<String> delete(ImageReference repository) {
    return Set.of("repository:" + repository.path() + ":delete");
  }

  static Set<String> mount(ImageReference from, ImageReference to) {
    Set<String> scopes = new TreeSet<>(push(to));
    if (!from.sameRepository(to) && from.domain().equals(to.domain())) {
      scopes.addAll(pull(from));
    }
    return scopes;
  }
}
