package io.jollyboat.registry.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tokens for one user, from an endpoint of this very server: distribution's token specification.
 */
final class TokenAccess implements Access {
  private static final String SERVICE = "jollyboat-registry";
  private static final String PATH = "/token";

  private record Token(Set<String> scopes, Instant end) {}

  private final String user;
  private final String password;
  private final Duration life;
  private final BasicAccess basic;
  private final Map<String, Token> tokens = new ConcurrentHashMap<>();

  TokenAccess(String user, String password, Duration life) {
    this.user = user;
    this.password = password;
    this.life = life;
    this.basic = new BasicAccess(user, password);
  }

  @Override
  public Optional<HttpResponse> refuse(HttpRequest request, Set<String> scopes) {
    String header = request.header("authorization").orElse("");
    Token token = tokens.get(header.replaceFirst("(?i)^bearer ", ""));
    if (token != null && Instant.now().isBefore(token.end) && token.scopes.containsAll(scopes)) {
      return Optional.empty();
    }
    String reason =
        header.isEmpty()
            ? ""
            : ",error=\""
                + (token == null || Instant.now().isAfter(token.end)
                    ? "invalid_token"
                    : "insufficient_scope")
                + "\"";
    String challenge =
        "Bearer realm=\""
            + realm(request)
            + "\",service=\""
            + SERVICE
            + "\""
            + scope(scopes)
            + reason;
    return Optional.of(
        HttpResponse.error(401, "UNAUTHORIZED", "authentication required")
            .header("WWW-Authenticate", challenge));
  }

  private static String scope(Set<String> scopes) {
    return scopes.isEmpty() ? "" : ",scope=\"" + String.join(" ", scopes) + "\"";
  }

  private static String realm(HttpRequest request) {
    return "http://" + request.header("host").orElse("localhost") + PATH;
  }

  @Override
  public Optional<HttpResponse> serve(HttpRequest request) throws IOException {
    if (!request.path().equals(PATH)) {
      return Optional.empty();
    }
    boolean post = request.method().equals("POST");
    Map<String, List<String>> form =
        post
            ? HttpRequest.parseForm(
                new String(request.body().readAllBytes(), StandardCharsets.UTF_8))
            : request.query();
    boolean known = post ? rightPassword(form) : basic.accepts(request);
    if (!known && (post || request.header("authorization").isPresent())) {
      return Optional.of(HttpResponse.error(401, "UNAUTHORIZED", "wrong user or password"));
    }
    return Optional.of(grant(known ? scopes(form) : Set.of()));
  }

  /** By user and password, or with the password as the identity token that a login has left. */
  private boolean rightPassword(Map<String, List<String>> form) {
    if (form.getOrDefault("grant_type", List.of()).contains("refresh_token")) {
      return form.getOrDefault("refresh_token", List.of()).contains(password);
    }
    return form.getOrDefault("username", List.of()).contains(user)
        && form.getOrDefault("password", List.of()).contains(password);
  }

  private static Set<String> scopes(Map<String, List<String>> form) {
    Set<String> scopes = new HashSet<>();
    for (String list : form.getOrDefault("scope", List.of())) {
      for (String scope : list.split(" ")) {
        int colon = scope.lastIndexOf(':');
        for (String action : scope.substring(colon + 1).split(",")) {
          scopes.add(scope.substring(0, colon + 1) + action);
        }
      }
    }
    return scopes;
  }

  private HttpResponse grant(Set<String> scopes) {
    String token = UUID.randomUUID().toString();
    tokens.put(token, new Token(Set.copyOf(scopes), Instant.now().plus(life)));
    return HttpResponse.json(
        200, "{\"token\":\"" + token + "\",\"expires_in\":" + Math.max(1, life.toSeconds()) + "}");
  }
}
