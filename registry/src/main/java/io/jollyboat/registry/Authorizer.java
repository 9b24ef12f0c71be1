package io.jollyboat.registry;

import io.jollyboat.Credentials;
import io.jollyboat.RegistryException;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.spi.CredentialSource;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.HttpUrl;

/**
 * Makes {@code Authorization} headers: by RFC 7617, or with tokens that it fetches and keeps while
 * they last. Safe for use by several threads.
 */
final class Authorizer {
  private record TokenKey(String host, Set<String> scopes) {}

  private final CredentialSource source;
  private final TokenEndpoint endpoint;
  private final Map<String, Challenge> challenges = new ConcurrentHashMap<>();
  private final Map<String, Optional<Credentials>> credentials = new ConcurrentHashMap<>();
  private final Map<TokenKey, TokenEndpoint.Token> tokens = new ConcurrentHashMap<>();

  Authorizer(CredentialSource source, TokenEndpoint endpoint) {
    this.source = source;
    this.endpoint = endpoint;
  }

  /** What to send along unasked, from what the host wanted before. */
  Optional<String> known(RegistryRequest request) {
    Challenge challenge = challenges.get(request.host());
    if (challenge == null) {
      return Optional.empty();
    }
    return challenge.scheme().equals("basic")
        ? credentials(request.repository()).flatMap(Authorizer::basic)
        : Optional.of(bearer(request, challenge, request.scopes()));
  }

  /**
   * What to answer to a refusal; empty when there is nothing better than what was sent.
   *
   * @param sent what was refused
   */
  Optional<String> answer(RegistryRequest request, List<Challenge> offered, Optional<String> sent) {
    Optional<Challenge> bearer =
        find(offered, "bearer").filter(c -> c.parameter("realm").isPresent());
    if (bearer.isPresent()) {
      challenges.put(request.host(), bearer.get());
      Set<String> scopes = new TreeSet<>(request.scopes());
      bearer.get().parameter("scope").ifPresent(more -> scopes.addAll(List.of(more.split(" "))));
      forgetToken(request.host(), request.scopes());
      return Optional.of(bearer(request, bearer.get(), scopes));
    }
    Optional<Challenge> basic = find(offered, "basic");
    if (basic.isPresent()) {
      challenges.put(request.host(), basic.get());
    }
    return basic
        .flatMap(challenge -> credentials(request.repository()))
        .flatMap(Authorizer::basic)
        .filter(header -> !sent.equals(Optional.of(header)));
  }

  private static Optional<Challenge> find(List<Challenge> offered, String scheme) {
    return offered.stream().filter(challenge -> challenge.scheme().equals(scheme)).findFirst();
  }

  /** Whose credentials are used for a repository, for people to read. */
  Optional<String> account(ImageReference repository) {
    return credentials(repository).map(Credentials::toString);
  }

  /** After a refusal, or a login: the next attempt may find others. */
  void forgetCredentials(String host) {
    credentials.keySet().removeIf(repository -> repository.startsWith(host + "/"));
  }

  /** After a login or a logout. */
  void forget(String host) {
    forgetCredentials(host);
    challenges.remove(host);
    tokens.keySet().removeIf(key -> key.host.equals(host));
  }

  private Optional<Credentials> credentials(ImageReference repository) {
    return credentials.computeIfAbsent(
        repository.domain() + "/" + repository.path(), key -> source.find(repository));
  }

  static Optional<String> basic(Credentials credentials) {
    return credentials.user().map(user -> basic(user, credentials.secret().reveal()));
  }

  private static String basic(String user, byte[] password) {
    ByteArrayOutputStream pair = new ByteArrayOutputStream();
    pair.writeBytes((user + ":").getBytes(StandardCharsets.UTF_8));
    pair.writeBytes(password);
    return "Basic " + Base64.getEncoder().encodeToString(pair.toByteArray());
  }

  private String bearer(RegistryRequest request, Challenge challenge, Set<String> scopes) {
    Optional<TokenEndpoint.Token> kept = keptToken(request.host(), scopes);
    if (kept.isPresent()) {
      return "Bearer " + kept.get().text();
    }
    HttpUrl registry = request.http().url();
    try {
      TokenEndpoint.Token token =
          endpoint.fetch(request, registry, challenge, scopes, credentials(request.repository()));
      tokens.put(new TokenKey(request.host(), Set.copyOf(scopes)), token);
      return "Bearer " + token.text();
    } catch (RegistryException e) {
      forgetCredentials(request.host());
      throw e;
    }
  }

  private Optional<TokenEndpoint.Token> keptToken(String host, Set<String> scopes) {
    Instant now = Instant.now();
    tokens.values().removeIf(token -> !now.isBefore(token.end()));
    return tokens.entrySet().stream()
        .filter(entry -> entry.getKey().host.equals(host))
        .filter(entry -> entry.getKey().scopes.containsAll(scopes))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private void forgetToken(String host, Set<String> scopes) {
    tokens.keySet().removeIf(key -> key.host.equals(host) && key.scopes.containsAll(scopes));
  }
}
