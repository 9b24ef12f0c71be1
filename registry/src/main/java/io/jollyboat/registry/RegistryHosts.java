package io.jollyboat.registry;

import io.jollyboat.oci.ImageReference;
import java.io.IOException;
import java.net.ConnectException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Where a registry answers. All speak HTTPS, but those of this machine and those that need not,
 * which are asked once what they speak. Safe for use by several threads.
 */
final class RegistryHosts {
  private static final int MAX_PROBE = 1024;

  private final Transport transport;
  private final Predicate<String> insecure;
  private final Map<String, HttpUrl> known = new ConcurrentHashMap<>();

  /**
   * @param insecure whether a host may be spoken to by plain HTTP
   */
  RegistryHosts(Transport transport, Predicate<String> insecure) {
    this.transport = transport;
    this.insecure = insecure;
  }

  /** The URL below which the registry's {@code v2/} is. */
  HttpUrl base(ImageReference reference) {
    String host = reference.registry();
    HttpUrl url = known.get(host);
    if (url == null) {
      boolean any = Loopback.isLoopback(withoutPort(host)) || insecure.test(host);
      url = any ? probe(reference, host) : url("https", host);
      known.put(host, url);
    }
    return url;
  }

  private static HttpUrl url(String scheme, String host) {
    return HttpUrl.get(scheme + "://" + host + "/");
  }

  private static String withoutPort(String host) {
    return host.replaceFirst(":\\d+$", "");
  }

  private HttpUrl probe(ImageReference reference, String host) {
    try {
      return speaksPlainHttp(host) || !speaksTls(host) ? url("http", host) : url("https", host);
    } catch (IOException e) {
      String what = "reaching " + reference.repository();
      Interrupts.check(what, e);
      throw RegistryErrors.unreachable(what, reference.domain(), e);
    }
  }

  private boolean speaksPlainHttp(String host) throws IOException {
    try (Response response = transport.send(ping(url("http", host)))) {
      // What Go's servers tell who speaks plain HTTP on their TLS port.
      return response.code() != 400
          || !new String(
                  response.body().byteStream().readNBytes(MAX_PROBE),
                  java.nio.charset.StandardCharsets.UTF_8)
              .contains("HTTPS");
    } catch (ConnectException e) {
      throw e;
    } catch (IOException e) {
      Interrupts.check("reaching " + host, e);
      return false;
    }
  }

  private boolean speaksTls(String host) throws IOException {
    try (Response response = transport.send(ping(url("https", host)))) {
      return response.code() > 0;
    } catch (SSLHandshakeException | SSLPeerUnverifiedException e) {
      return true;
    } catch (IOException e) {
      Interrupts.check("reaching " + host, e);
      return false;
    }
  }

  private static Request ping(HttpUrl base) {
    return new Request.Builder().url(base.newBuilder().addPathSegments("v2/").build()).build();
  }

  /** What every registry answers, to those whom it lets in: distribution-spec, "end-1". */
  HttpUrl version(ImageReference reference) {
    return base(reference).newBuilder().addPathSegments("v2/").build();
  }

  /** A URL below the repository's own path. */
  HttpUrl repository(ImageReference reference, String path) {
    HttpUrl base = base(reference);
    return Optional.ofNullable(base.resolve("/v2/" + reference.path() + "/" + path)).orElse(base);
  }
}
