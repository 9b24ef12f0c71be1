package io.jollyboat.registry.server;

import java.util.Optional;
import java.util.Set;

/** Who may do what. Implementations are safe for use by several threads. */
interface Access {
  /** Lets everybody do everything. */
  Access OPEN = (request, scopes) -> Optional.empty();

  /**
   * Empty when the request may do all of this, else the refusal with its challenge.
   *
   * @param scopes each {@code repository:<name>:<action>} or {@code registry:catalog:*}; empty to
   *     be let in at all
   */
  Optional<HttpResponse> refuse(HttpRequest request, Set<String> scopes);

  /** Answers what is asked outside of the registry's own paths, such as for a token. */
  default Optional<HttpResponse> serve(HttpRequest request) throws java.io.IOException {
    return Optional.empty();
  }
}
