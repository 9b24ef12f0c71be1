package io.jollyboat.registry;

import io.jollyboat.RegistryException;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.ImageReference;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Blobs on their way to a registry: distribution-spec, "Pushing blobs". A small one goes in one
 * request. Others go in a single chunk, or in as many as the connection breaks into: the registry
 * is asked how far it got, and the rest is sent.
 */
final class Uploads {
  private static final RequestBody NOTHING = RequestBody.create(new byte[0]);
  private static final okhttp3.MediaType BYTES = okhttp3.MediaType.get("application/octet-stream");

  /** Up to here, one request is worth more than being able to go on. */
  private static final int SMALL = 1024 * 1024;

  private static final Pattern RANGE = Pattern.compile("(?:bytes=)?0-(\\d{1,18})");

  private final RegistryClient client;
  private final RegistryHosts hosts;
  private final RetryPolicy retries;

  /** Where an upload is, and how many of its bytes the registry has. */
  private record Session(HttpUrl url, long received) {}

  Uploads(RegistryClient client, RegistryHosts hosts, RetryPolicy retries) {
    this.client = client;
    this.hosts = hosts;
    this.retries = retries;
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
    Request http = new Request.Builder().url(url).post(NOTHING).build();
    try (Response response = send(to, http, scopes, what)) {
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

  /** Sends the blob; what breaks off is gone on with where that can be. */
  void push(ImageReference repository, Descriptor blob, InputStream content) {
    String what = "push of " + blob.digest() + " to " + repository.repository();
    if (blob.size() <= SMALL) {
      byte[] bytes = UploadBody.read(blob, content);
      HttpUrl session = open(repository, what);
      orAbandon(repository, session, what, () -> close(repository, session, blob, bytes, what));
    } else {
      UploadBody body = new UploadBody(blob, content);
      HttpUrl session = open(repository, what);
      orAbandon(
          repository,
          session,
          what,
          () -> {
            HttpUrl whole = sendAll(repository, session, blob, body, what);
            close(repository, whole, blob, new byte[0], what);
          });
    }
  }

  private void orAbandon(ImageReference repository, HttpUrl session, String what, Runnable upload) {
    boolean done = false;
    try {
      upload.run();
      done = true;
    } finally {
      if (!done && !Thread.currentThread().isInterrupted()) {
        abandon(repository, session, what);
      }
    }
  }

  private HttpUrl open(ImageReference repository, String what) {
    HttpUrl url = hosts.repository(repository, "blobs/uploads/");
    Request http = new Request.Builder().url(url).post(NOTHING).build();
    try (Response response = send(repository, http, Scopes.push(repository), what)) {
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

  /** Sends chunks until the registry has everything; the address is that of its last answer. */
  private HttpUrl sendAll(
      ImageReference repository, HttpUrl opened, Descriptor blob, UploadBody body, String what) {
    Session at = new Session(opened, 0);
    for (int failures = 0; ; ) {
      try {
        return sendRest(repository, at, blob, body, what);
      } catch (RegistryException e) {
        failures++;
        Session reached = reached(repository, at, e, failures, what);
        if (!body.canStartAt(reached.received())) {
          throw e;
        }
        failures = reached.received() > at.received() ? 0 : failures;
        body.startAt(reached.received());
        at = reached;
      }
    }
  }

  private HttpUrl sendRest(
      ImageReference repository, Session at, Descriptor blob, UploadBody body, String what) {
    Request http =
        new Request.Builder()
            .url(at.url())
            .patch(body)
            .header("Content-Range", at.received() + "-" + (blob.size() - 1))
            .build();
    try (Response response = send(repository, http, Scopes.push(repository), what)) {
      if (!response.isSuccessful()) {
        throw RegistryErrors.refused(what, repository.domain(), response);
      }
      OptionalLong last = last(response);
      if (last.isPresent() && last.getAsLong() + 1 < blob.size()) {
        throw new RegistryException(
            what + " failed: the registry took no more than its byte " + last.getAsLong(),
            response.code(),
            List.of(),
            Optional.empty(),
            null);
      }
      HttpUrl next = location(response);
      return next == null ? at.url() : next;
    }
  }

  /**
   * How far an upload got, asked after a pause.
   *
   * @throws RegistryException the failure, when it is there to stay or the upload is given up
   */
  private Session reached(
      ImageReference repository, Session at, RegistryException failure, int failures, String what) {
    Interrupts.sleep(what, retries.pause(failure, failures).orElseThrow(() -> failure));
    Request http = new Request.Builder().url(at.url()).build();
    try (Response response = send(repository, http, Scopes.push(repository), what)) {
      if (!response.isSuccessful()) {
        throw failure;
      }
      // Nothing looks like one byte, 0-0: that byte is sent again.
      long last = last(response).orElse(0);
      HttpUrl next = location(response);
      return new Session(next == null ? at.url() : next, last == 0 ? 0 : last + 1);
    }
  }

  /** The number of the last byte that the registry has. */
  private static OptionalLong last(Response response) {
    Matcher range = RANGE.matcher(response.header("Range", ""));
    return range.matches() ? OptionalLong.of(Long.parseLong(range.group(1))) : OptionalLong.empty();
  }

  private void close(
      ImageReference repository, HttpUrl session, Descriptor blob, byte[] rest, String what) {
    HttpUrl target =
        session.newBuilder().addQueryParameter("digest", blob.digest().toString()).build();
    Request http = new Request.Builder().url(target).put(RequestBody.create(rest, BYTES)).build();
    try (Response response = send(repository, http, Scopes.push(repository), what)) {
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
    Request http = new Request.Builder().url(session).delete().build();
    try (Response response = send(repository, http, Scopes.push(repository), what)) {
      response.body().close();
    } catch (RegistryException e) {
      // Said above.
    }
  }

  private Response send(ImageReference repository, Request http, Set<String> scopes, String what) {
    RegistryRequest request = new RegistryRequest(http, repository, scopes, what);
    return client.send(request, hosts.base(repository));
  }
}
