package io.jollyboat.registry;

import io.jollyboat.oci.ImageReference;
import java.util.Set;
import okhttp3.Request;

/**
 * A request to a registry.
 *
 * @param repository what it is about; credentials are found by its registry and path
 * @param scopes what a token must allow, such as {@code repository:x:pull}
 * @param what it is for, as the start of a sentence that says how it failed
 */
record RegistryRequest(Request http, ImageReference repository, Set<String> scopes, String what) {
  /** The registry as references have it. */
  String host() {
    return repository.domain();
  }

  boolean isRepeatable() {
    var body = http.body();
    return body == null || !body.isOneShot();
  }
}
