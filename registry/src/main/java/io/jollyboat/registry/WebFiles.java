package io.jollyboat.registry;

import com.google.errorprone.annotations.MustBeClosed;
import io.jollyboat.RegistrySettings;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Files of ordinary web servers, by the connections that registries are asked over: the same
 * certificates, proxies and rules for redirects, and ended by an interrupt. Safe for use by several
 * threads.
 */
public final class WebFiles implements AutoCloseable {
  private static final int OK = 200;

  private final Transport transport;

  /**
   * @param caCertificatesPem to trust besides those of the Java runtime
   * @param proxyVariables {@code HTTP_PROXY} and kin
   */
  public WebFiles(Optional<Path> caCertificatesPem, Map<String, String> proxyVariables) {
    this.transport =
        new Transport(
            caCertificatesPem,
            proxyVariables,
            RedirectRules.DEFAULT,
            RegistrySettings.defaults().certificateDirectories(List.of()));
  }

  /** A file on its way. Not safe for use by several threads. */
  public static final class Answer implements Closeable {
    private final Response response;

    private Answer(Response response) {
      this.response = response;
    }

    /** Its bytes as the server sends them; closed with this. */
    public InputStream content() {
      return Objects.requireNonNull(response.body()).byteStream();
    }

    /** When the server says that it was changed; 1970 when it says nothing. */
    public Instant modified() {
      Date date = response.headers().getDate("Last-Modified");
      return date == null ? Instant.EPOCH : date.toInstant();
    }

    @Override
    public void close() {
      response.close();
    }
  }

  /**
   * Asks for a file.
   *
   * @param address of http or https
   * @throws IOException it cannot be had; the message names the address and the reason
   */
  @MustBeClosed
  public Answer open(String address) throws IOException {
    HttpUrl url = HttpUrl.parse(address);
    if (url == null) {
      throw new IOException("not an address of http or https: " + address);
    }
    // The file itself, not a form of it that is compressed for the way.
    Request request = new Request.Builder().url(url).header("Accept-Encoding", "identity").build();
    try {
      Response response = transport.follow(request, Optional.empty(), url);
      if (response.code() != OK) {
        response.close();
        throw new IOException("the server answers " + response.code());
      }
      return new Answer(response);
    } catch (UnknownHostException e) {
      throw new IOException("cannot fetch " + address + ": no such host " + url.host(), e);
    } catch (IOException e) {
      Interrupts.check("the request for " + address, e);
      throw new IOException("cannot fetch " + address + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    transport.close();
  }
}
