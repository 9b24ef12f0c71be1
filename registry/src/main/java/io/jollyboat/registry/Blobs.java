package io.jollyboat.registry;

import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;

/** Blobs at a registry: distribution-spec, "Pulling blobs". */
final class Blobs {
  private final RegistryClient client;
  private final RegistryHosts hosts;
  private final RetryPolicy retries;

  Blobs(RegistryClient client, RegistryHosts hosts, RetryPolicy retries) {
    this.client = client;
    this.hosts = hosts;
    this.retries = retries;
  }

  InputStream open(ImageReference repository, Descriptor blob, long offset) {
    String what = "pull of " + blob.digest() + " from " + repository.repository();
    return new BlobStream(
        what, repository.domain(), retries, offset, at -> openOnce(repository, blob, at, what));
  }

  private InputStream openOnce(
      ImageReference repository, Descriptor blob, long offset, String what) {
    Response response = get(repository, blob, offset, what);
    if (response.code() == 416 && offset >= blob.size()) {
      response.close();
      return InputStream.nullInputStream();
    }
    if (!response.isSuccessful()) {
      try (response) {
        throw RegistryErrors.refused(what, repository.domain(), response);
      }
    }
    return from(repository, response, offset, what);
  }

  private Response get(ImageReference repository, Descriptor blob, long offset, String what) {
    HttpUrl url = hosts.repository(repository, "blobs/" + blob.digest());
    Optional<HttpUrl> elsewhere = foreign(blob);
    Request.Builder http =
        new Request.Builder().url(elsewhere.orElse(url)).header("Accept-Encoding", "identity");
    if (offset > 0) {
      http.header("Range", "bytes=" + offset + "-");
    }
    RegistryRequest request =
        new RegistryRequest(http.build(), repository, Scopes.pull(repository), what);
    return client.send(request, hosts.base(repository));
  }

  /** Where a layer is that registries do not keep. */
  private static Optional<HttpUrl> foreign(Descriptor blob) {
    if (!MediaType.isForeignLayer(blob.mediaType())) {
      return Optional.empty();
    }
    return blob.urls().stream()
        .map(HttpUrl::parse)
        .filter(url -> url != null && url.isHttps())
        .findFirst();
  }

  /** A server that does not know of ranges sends everything: what is known already is skipped. */
  private static InputStream from(
      ImageReference repository, Response response, long offset, String what) {
    InputStream body = response.body().byteStream();
    String range = response.header("Content-Range", "");
    boolean asked = response.code() == 206 && range.startsWith("bytes " + offset + "-");
    try {
      if (!asked) {
        body.skipNBytes(offset);
      }
      return body;
    } catch (IOException e) {
      response.close();
      Interrupts.check(what, e);
      throw RegistryErrors.unreachable(what, repository.domain(), e);
    }
  }

  /** Whether the repository has the blob; asks for the token that a mount or push needs next. */
  boolean exists(ImageReference repository, ImageReference from, Descriptor blob) {
    String what = "looking for " + blob.digest() + " in " + repository.repository();
    Request http =
        new Request.Builder()
            .url(hosts.repository(repository, "blobs/" + blob.digest()))
            .head()
            .header("Accept-Encoding", "identity")
            .build();
    RegistryRequest request =
        new RegistryRequest(http, repository, Scopes.mount(from, repository), what);
    try (Response response = client.send(request, hosts.base(repository))) {
      if (!response.isSuccessful() && response.code() != 404 && response.code() != 405) {
        throw RegistryErrors.refused(what, repository.domain(), response);
      }
      return response.isSuccessful();
    }
  }
}
