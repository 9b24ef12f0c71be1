package io.jollyboat.registry;

import io.jollyboat.RegistrySettings;
import io.jollyboat.RegistrySettings.Certificates;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProtocolException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import okhttp3.ConnectionSpec;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests and follows redirects. TLS, which takes a while to set up, is so only when first
 * needed. Safe for use by several threads.
 */
final class Transport {
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final int MAX_REDIRECTS = 10;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration TRANSFER_TIMEOUT = Duration.ofSeconds(60);

  /** Registries may move a large blob about before they answer to its last byte. */
  private static final Duration UPLOAD_TIMEOUT = Duration.ofMinutes(10);

  private final RedirectRules rules;
  private final OkHttpClient plain;
  private final Function<String, OkHttpClient> encrypted;
  private final Map<String, OkHttpClient> encryptedClients = new ConcurrentHashMap<>();

  Transport(
      Optional<Path> caCertificates,
      Map<String, String> proxyVariables,
      RedirectRules rules,
      RegistrySettings settings) {
    this.rules = rules;
    ProxyVariables proxies = new ProxyVariables(proxyVariables);
    this.plain =
        new OkHttpClient.Builder()
            .connectionSpecs(List.of(ConnectionSpec.CLEARTEXT))
            .socketFactory(new InterruptibleSockets())
            .proxySelector(proxies)
            .proxyAuthenticator(proxies.authenticator())
            .followRedirects(false)
            .connectTimeout(CONNECT_TIMEOUT)
            .readTimeout(TRANSFER_TIMEOUT)
            .writeTimeout(TRANSFER_TIMEOUT)
            .build();
    HostCertificates certificates = new HostCertificates(settings);
    OkHttpClient.Builder usual =
        plain.newBuilder().connectionSpecs(List.of(ConnectionSpec.MODERN_TLS));
    this.encrypted =
        host ->
            settings.isInsecure(host)
                ? unproven(usual.build())
                : encrypted(usual.build(), caCertificates, certificates.of(host));
  }

  private static OkHttpClient unproven(OkHttpClient usual) {
    CaCertificates none = CaCertificates.none();
    return usual
        .newBuilder()
        .sslSocketFactory(none.sockets(), none.trust())
        .hostnameVerifier((host, session) -> true)
        .build();
  }

  private static OkHttpClient encrypted(
      OkHttpClient usual, Optional<Path> everywhere, Certificates ofHost) {
    List<Path> authorities = new ArrayList<>(ofHost.authorities());
    everywhere.ifPresent(authorities::add);
    if (authorities.isEmpty() && ofHost.client().isEmpty()) {
      return usual;
    }
    CaCertificates all = CaCertificates.load(authorities, ofHost.client());
    return usual.newBuilder().sslSocketFactory(all.sockets(), all.trust()).build();
  }

  /** One for each host: what is trusted and shown there is so nowhere else. */
  private OkHttpClient encryptedClient(HttpUrl url) {
    boolean usual = url.port() == HttpUrl.defaultPort("https");
    String name = url.host().indexOf(':') >= 0 ? "[" + url.host() + "]" : url.host();
    return encryptedClients.computeIfAbsent(usual ? name : name + ":" + url.port(), encrypted);
  }

  /** Sends one request as it is; redirects are answers. */
  Response send(Request request) throws IOException {
    return send(request, Optional.empty());
  }

  private Response send(Request request, Optional<Dns> names) throws IOException {
    OkHttpClient client = request.url().isHttps() ? encryptedClient(request.url()) : plain;
    if (names.isPresent()) {
      client = client.newBuilder().dns(names.get()).build();
    }
    if (request.method().equals("PUT") || request.method().equals("PATCH")) {
      client = client.newBuilder().readTimeout(UPLOAD_TIMEOUT).writeTimeout(UPLOAD_TIMEOUT).build();
    }
    try {
      return client.newCall(request).execute();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      // Kotlin does not declare it: an interrupt while a connection is being made.
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  /**
   * Sends a request and those that its redirects ask for. The authorization goes to the first host
   * only: object stores refuse what they do not know, and must not see it.
   *
   * @param asked whose word it is that this address is to be asked
   */
  Response follow(Request request, Optional<String> authorization, HttpUrl asked)
      throws IOException {
    rules.check(asked, request.url());
    Request next = request;
    for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
      boolean home = sameOrigin(next.url(), request.url());
      Request sent = home ? authorized(next, authorization) : next;
      Response response = send(sent, rules.watching(asked, next.url()));
      HttpUrl target = redirect(next, response);
      if (target == null) {
        return response;
      }
      response.close();
      rules.check(asked, target);
      next = redirected(next, target, response.code());
    }
    throw new ProtocolException("more than " + MAX_REDIRECTS + " redirects");
  }

  /** Sends one request, and follows nobody's word on. */
  Response sendOnly(Request request, HttpUrl asked) throws IOException {
    rules.check(asked, request.url());
    return send(request, rules.watching(asked, request.url()));
  }

  private static Request authorized(Request request, Optional<String> authorization) {
    return authorization
        .map(header -> request.newBuilder().header("Authorization", header).build())
        .orElse(request);
  }

  private static @Nullable HttpUrl redirect(Request request, Response response) throws IOException {
    String location = response.header("Location");
    boolean repeatable = request.body() == null || !request.body().isOneShot();
    if (!REDIRECTS.contains(response.code()) || location == null || !repeatable) {
      return null;
    }
    HttpUrl target = request.url().resolve(location);
    if (target == null) {
      response.close();
      throw new RefusedAddressException("a redirect leads nowhere: " + location);
    }
    return target;
  }

  private static Request redirected(Request request, HttpUrl target, int status) {
    Request.Builder builder = request.newBuilder().url(target);
    return status == 303 ? builder.get().build() : builder.build();
  }

  static boolean sameOrigin(HttpUrl a, HttpUrl b) {
    return a.scheme().equals(b.scheme()) && a.host().equals(b.host()) && a.port() == b.port();
  }

  /** Closes idle connections; others go when they are done with. */
  void close() {
    plain.connectionPool().evictAll();
  }
}
