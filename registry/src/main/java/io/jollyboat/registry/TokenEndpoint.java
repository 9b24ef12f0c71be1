package io.jollyboat.registry;

import io.jollyboat.Credentials;
import io.jollyboat.RegistryException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import okhttp3.FormBody;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Fetches tokens from where a registry's challenge says: distribution's token and OAuth 2
 * specifications. Safe for use by several threads.
 */
final class TokenEndpoint {
  private static final Duration DEFAULT_LIFE = Duration.ofSeconds(60);
  private static final int MAX_ANSWER = 1024 * 1024;
  private static final String CLIENT = "jollyboat";
  private static final Set<Integer> NOT_FOR_GET = Set.of(404, 405);

  /** A token and when to stop using it; never printed. */
  static final class Token {
    private final String text;
    private final Instant end;

    Token(String text, Instant end) {
      this.text = text;
      this.end = end;
    }

    String text() {
      return text;
    }

    Instant end() {
      return end;
    }
  }

  private final Transport transport;
  private final RetryPolicy retries;

  TokenEndpoint(Transport transport, RetryPolicy retries) {
    this.transport = transport;
    this.retries = retries;
  }

  /** A token for these scopes, of the account or, without credentials, for everybody. */
  Token fetch(
      RegistryRequest request,
      HttpUrl registry,
      Challenge challenge,
      Set<String> scopes,
      Optional<Credentials> credentials) {
    HttpUrl realm = realm(request, registry, challenge);
    String service = challenge.parameter("service").orElse("");
    Set<String> sorted = new TreeSet<>(scopes);
    Optional<Credentials> identity = credentials.filter(c -> c.user().isEmpty());
    if (identity.isPresent()) {
      return token(request, credentials, post(realm, service, sorted, identity.get()), registry);
    }
    Optional<String> basic = credentials.flatMap(Authorizer::basic);
    Attempt attempt = new Attempt(get(realm, service, sorted, credentials), basic, registry);
    return token(
        request, credentials, attempt, () -> post(realm, service, sorted, credentials.get()));
  }

  private record Attempt(Request request, Optional<String> authorization, HttpUrl registry) {
    /** A form that has a secret in it goes where it was meant to go, and nowhere else. */
    Response sendBy(Transport transport) throws IOException {
      return request.body() == null
          ? transport.follow(request, authorization, registry)
          : transport.sendOnly(request, registry);
    }

    @Override
    public String toString() {
      return "[secret]";
    }
  }

  private Token token(
      RegistryRequest request, Optional<Credentials> credentials, Request post, HttpUrl registry) {
    Response response = send(request, new Attempt(post, Optional.empty(), registry));
    return read(request, credentials, response);
  }

  private Token token(
      RegistryRequest request,
      Optional<Credentials> credentials,
      Attempt attempt,
      java.util.function.Supplier<Request> other) {
    Response response = send(request, attempt);
    if (credentials.isPresent() && NOT_FOR_GET.contains(response.code())) {
      response.close();
      return token(request, credentials, other.get(), attempt.registry);
    }
    return read(request, credentials, response);
  }

  /** Only where the registry itself speaks plain HTTP, and on this machine or that very host. */
  private static boolean isLocal(HttpUrl registry, HttpUrl realm) {
    return !registry.isHttps()
        && (Loopback.isLoopback(realm.host()) || realm.host().equals(registry.host()));
  }

  private static HttpUrl realm(RegistryRequest request, HttpUrl registry, Challenge challenge) {
    HttpUrl realm = HttpUrl.parse(challenge.parameter("realm").orElse(""));
    if (realm == null || !(realm.isHttps() || isLocal(registry, realm))) {
      throw new RegistryException(
          request.what()
              + " failed: registry "
              + request.host()
              + " names no usable HTTPS address for tokens; nothing was sent there",
          401,
          List.of(),
          Optional.empty(),
          null);
    }
    return realm;
  }

  private static Request get(
      HttpUrl realm, String service, Set<String> scopes, Optional<Credentials> credentials) {
    HttpUrl.Builder url = realm.newBuilder();
    if (!service.isEmpty()) {
      url.addQueryParameter("service", service);
    }
    scopes.forEach(scope -> url.addQueryParameter("scope", scope));
    credentials.flatMap(Credentials::user).ifPresent(u -> url.addQueryParameter("account", u));
    return new Request.Builder().url(url.build()).build();
  }

  private static Request post(
      HttpUrl realm, String service, Set<String> scopes, Credentials credentials) {
    String secret = new String(credentials.secret().reveal(), StandardCharsets.UTF_8);
    FormBody.Builder form =
        new FormBody.Builder()
            .add("client_id", CLIENT)
            .add("service", service)
            .add("scope", String.join(" ", scopes));
    if (credentials.user().isPresent()) {
      form.add("grant_type", "password")
          .add("username", credentials.user().get())
          .add("password", secret);
    } else {
      form.add("grant_type", "refresh_token").add("refresh_token", secret);
    }
    return new Request.Builder().url(realm).post(form.build()).build();
  }

  private Response send(RegistryRequest request, Attempt attempt) {
    String what = request.what();
    for (int number = 1; ; number++) {
      Optional<Duration> pause;
      try {
        Response response = attempt.sendBy(transport);
        pause = retries.pause(response, number);
        if (pause.isEmpty()) {
          return response;
        }
        response.close();
      } catch (IOException e) {
        Interrupts.check(what, e);
        pause = retries.pause(e, number);
        if (pause.isEmpty()) {
          throw RegistryErrors.unreachable(what, attempt.request.url().host(), e);
        }
      }
      Interrupts.sleep(what, pause.get());
    }
  }

  private static Token read(
      RegistryRequest request, Optional<Credentials> credentials, Response response) {
    try (response) {
      if (response.code() == 401 || response.code() == 403 || response.code() == 400) {
        throw RegistryErrors.unauthorized(
            request.what(), request.host(), credentials.map(Credentials::toString), List.of());
      }
      if (!response.isSuccessful()) {
        throw RegistryErrors.refused(request.what(), response.request().url().host(), response);
      }
      return parse(RegistryJson.parse(response.body().byteStream().readNBytes(MAX_ANSWER)));
    } catch (IOException e) {
      Interrupts.check(request.what(), e);
      throw RegistryErrors.unreachable(request.what(), response.request().url().host(), e);
    }
  }

  private static Token parse(Map<String, Object> answer) throws IOException {
    String text =
        RegistryJson.string(answer, "token")
            .or(() -> RegistryJson.string(answer, "access_token"))
            .orElseThrow(() -> new IOException("its answer has no token"));
    long seconds =
        answer.get("expires_in") instanceof Long s && s > 0 ? s : DEFAULT_LIFE.toSeconds();
    Instant end = Instant.now().plusMillis(Math.min(seconds, 86_400) * 900);
    return new Token(text, end);
  }
}
