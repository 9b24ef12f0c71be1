package io.jollyboat.registry;

import io.jollyboat.RegistryException;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.ImageReference;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Blobs on their way to a registry: distribution-spec, "Pushing blobs". */
final class Uploads {
  private static final RequestBody NOTHING = RequestBody.create(new byte[0]);

  private final RegistryClient client;
  private final RegistryHosts hosts;

  Uploads(RegistryClient client, RegistryHosts hosts) {
    this.client = client;
    this.hosts = hosts;
  }

  /** Whether the registry could take the blob from another of its repositories. */
  boolean mount(ImageReference from, ImageReference to, Descriptor blob) {
    if (from.sameRepository(to) || !from.domain().equals(to.domain())) {
      return false;
    }
    String what =
        "mount of " + blob.digest() + " from " + from.repository() + " in " + to.repository();
    HttpUrl url =
        hosts
            .repository(to, "blobs/uploads/")
            .newBuilder()
            .addQueryParameter("mount", blob.digest().toString())
            .addQueryParameter("from", from.path())
            .build();
    Set<String> scopes = Scopes.mount(from, to);
    try (Response response = send(to, "POST", url, NOTHING, scopes, what)) {
      if (response.code() == 202) {
        abandon(to, location(response), what);
      }
      boolean refused = response.code() >= 500 || response.code() == 403 || response.code() == 429;
      if (refused) {
        throw RegistryErrors.refused(what, to.domain(), response);
      }
      return response.code() == 201;
    }
  }

  /** Opens a session and sends the blob in one piece. */
  void push(ImageReference repository, Descriptor blob, InputStream content) {
    String what = "push of " + blob.digest() + " to " + repository.repository();
    HttpUrl session = open(repository, what);
    HttpUrl target =
        session.newBuilder().addQueryParameter("digest", blob.digest().toString()).build();
    boolean done = false;
    try {
      send(repository, target, blob, content, what);
      done = true;
    } finally {
      if (!done && !Thread.currentThread().isInterrupted()) {
        abandon(repository, session, what);
      }
    }
  }

  private HttpUrl open(ImageReference repository, String what) {
    HttpUrl url = hosts.repository(repository, "blobs/uploads/");
    Set<String> scopes = Scopes.push(repository);
    try (Response response = send(repository, "POST", url, NOTHING, scopes, what)) {
      HttpUrl session = location(response);
      if (response.code() != 202) {
        throw RegistryErrors.refused(what, repository.domain(), response);
      }
      if (session == null) {
        throw new RegistryException(
            what + " failed: registry " + repository.domain() + " does not say where to send it",
            202,
            List.of(),
            Optional.empty(),
            null);
      }
      return session;
    }
  }

  private void send(
      ImageReference repository,
      HttpUrl target,
      Descriptor blob,
      InputStream content,
      String what) {
    RequestBody body = new UploadBody(blob, content);
    Set<String> scopes = Scopes.push(repository);
    try (Response response = send(repository, "PUT", target, body, scopes, what)) {
      if (!response.isSuccessful()) {
        throw RegistryErrors.refused(what, repository.domain(), response);
      }
    }
  }

  /** Where the session is, with whatever state the registry has put into its query. */
  private static @Nullable HttpUrl location(Response response) {
    String location = response.header("Location");
    return location == null ? null : response.request().url().resolve(location);
  }

  /** The registry would find out by itself, later: a failure here is nobody's concern. */
  private void abandon(ImageReference repository, @Nullable HttpUrl session, String what) {
    if (session == null) {
      return;
    }
    try (Response response =
        send(repository, "DELETE", session, null, Scopes.push(repository), what)) {
      response.body().close();
    } catch (RegistryException e) {
      // Said above.
    }
  }

  private Response send(
      ImageReference repository,
      String method,
      HttpUrl url,
      @Nullable RequestBody body,
      Set<String> scopes,
      String what) {
    Request http = new Request.Builder().url(url).method(method, body).build();
    RegistryRequest request = new RegistryRequest(http, repository.domain(), scopes, what);
    return client.send(request, hosts.base(repository));
  }
}
