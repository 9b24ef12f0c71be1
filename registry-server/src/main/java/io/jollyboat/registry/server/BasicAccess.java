package io.jollyboat.registry.server;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/** One user who may do everything, by RFC 7617. */
final class BasicAccess implements Access {
  private final String expected;

  BasicAccess(String user, String password) {
    byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    this.expected = "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  boolean accepts(HttpRequest request) {
    return request.header("authorization").filter(expected::equals).isPresent();
  }

  @Override
  public Optional<HttpResponse> refuse(HttpRequest request, Set<String> scopes) {
    if (accepts(request)) {
      return Optional.empty();
    }
    return Optional.of(
        HttpResponse.error(401, "UNAUTHORIZED", "authentication required")
            .header("WWW-Authenticate", "Basic realm=\"jollyboat\""));
  }
}
