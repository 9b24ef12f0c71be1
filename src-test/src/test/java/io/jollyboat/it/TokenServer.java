package io.jollyboat.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jollyboat.test.TestCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Gives tokens for distribution's registry to one user, by password or by an identity token:
 * distribution's token specification, with JSON web tokens of RFC 7519.
 */
final class TokenServer implements AutoCloseable {
  static final String USER = "boat";
  static final String PASSWORD = "correct horse";
  static final String IDENTITY = "an-identity-token";
  private static final String ISSUER = "jollyboat-test";
  private static final String SERVICE = "test registry";

  private final HttpServer server;
  private final TestCertificate signer;
  private final List<String> asked = new CopyOnWriteArrayList<>();

  /**
   * @param signer of RSA
   */
  TokenServer(TestCertificate signer) {
    this.signer = signer;
    try {
      this.server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/token", this::answer);
    server.start();
  }

  /** The section {@code auth} of the registry's configuration. */
  String configuration() {
    return """
        auth:
          token:
            realm: http://127.0.0.1:%d/token
            service: %s
            issuer: %s
            rootcertbundle: %s
        """
        .formatted(server.getAddress().getPort(), SERVICE, ISSUER, signer.certificate());
  }

  /** Method and scopes of every request that was granted. */
  List<String> asked() {
    return List.copyOf(asked);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean post = exchange.getRequestMethod().equals("POST");
      String form =
          post
              ? new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)
              : String.valueOf(exchange.getRequestURI().getRawQuery());
      boolean known = post ? values(form, "refresh_token").contains(IDENTITY) : isUser(exchange);
      byte[] answer =
          (known ? "{\"token\":\"" + token(form) + "\"}" : "{}").getBytes(StandardCharsets.UTF_8);
      if (known) {
        asked.add(exchange.getRequestMethod() + " " + values(form, "scope"));
      }
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(known ? 200 : 401, answer.length);
      exchange.getResponseBody().write(answer);
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private static boolean isUser(HttpExchange exchange) {
    String pair = USER + ":" + PASSWORD;
    String expected = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    return ("Basic " + expected).equals(exchange.getRequestHeaders().getFirst("Authorization"));
  }

  private static List<String> values(String form, String name) {
    List<String> found = new ArrayList<>();
    for (String pair : form.split("&")) {
      if (pair.startsWith(name + "=")) {
        String text = URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
        found.addAll(List.of(text.split(" ")));
      }
    }
    return found;
  }

  /** All that is asked for is granted: who may what is not what is tested here. */
  private String token(String form) throws GeneralSecurityException {
    List<String> access = new ArrayList<>();
    for (String scope : values(form, "scope")) {
      String[] parts = scope.split(":");
      if (parts.length == 3) {
        access.add(
            "{\"type\":\"%s\",\"name\":\"%s\",\"actions\":[\"%s\"]}"
                .formatted(parts[0], parts[1], parts[2].replace(",", "\",\"")));
      }
    }
    long now = Instant.now().getEpochSecond();
    String head =
        "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"x5c\":[\""
            + Base64.getEncoder().encodeToString(signer.x509().getEncoded())
            + "\"]}";
    String body =
        "{\"iss\":\"%s\",\"sub\":\"%s\",\"aud\":\"%s\",\"exp\":%d,\"nbf\":%d,\"iat\":%d,\"jti\":\"%d\",\"access\":[%s]}"
            .formatted(
                ISSUER,
                USER,
                SERVICE,
                now + 300,
                now - 60,
                now,
                System.nanoTime(),
                String.join(",", access));
    String signed =
        url(head.getBytes(StandardCharsets.UTF_8))
            + "."
            + url(body.getBytes(StandardCharsets.UTF_8));
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(signer.privateKey());
    signature.update(signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + url(signature.sign());
  }

  private static String url(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
