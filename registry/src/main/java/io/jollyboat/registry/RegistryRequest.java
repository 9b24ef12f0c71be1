package io.jollyboat.registry;

import java.util.Set;
import okhttp3.Request;

/**
 * A request to a registry.
 *
 * @param host the registry as references have it, which credentials are found by
 * @param scopes what a token must allow, such as {@code repository:x:pull}
 * @param what it is for, as the start of a sentence that says how it failed
 */
record RegistryRequest(Request http, String host, Set<String> scopes, String what) {
  boolean isRepeatable() {
    var body = http.body();
    return body == null || !body.isOneShot();
  }
}
