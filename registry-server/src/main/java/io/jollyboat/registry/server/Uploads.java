package io.jollyboat.registry.server;

import io.jollyboat.oci.Digest;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Blob uploads: distribution-spec, "Pushing blobs". The address of a session carries a state that
 * clients must send back, as real registries have it. Safe for use by several threads.
 */
final class Uploads {
  private static final String STATE = "_state";

  private record Session(String repository, String state, BlobStore.Upload upload) {}

  private final BlobStore blobs;
  private final Repositories repositories;
  private final Map<String, Session> sessions = new ConcurrentHashMap<>();

  Uploads(BlobStore blobs, Repositories repositories) {
    this.blobs = blobs;
    this.repositories = repositories;
  }

  /** POST: mounts, takes the whole blob, or opens a session. */
  HttpResponse start(HttpRequest request, String name) throws IOException {
    if (request.parameter("mount").isPresent() && request.parameter("from").isPresent()) {
      Digest digest = Digest.parse(request.parameter("mount").get());
      if (repositories.hasBlob(request.parameter("from").get(), digest)) {
        return created(name, digest);
      }
    }
    Session session = new Session(name, UUID.randomUUID().toString(), blobs.newUpload());
    if (request.parameter("digest").isPresent()) {
      return finish(session, request, Digest.parse(request.parameter("digest").get()));
    }
    String id = UUID.randomUUID().toString();
    sessions.put(id, session);
    return progress(202, id, session);
  }

  /** PATCH, PUT, GET and DELETE of a session. */
  HttpResponse resume(HttpRequest request, String name, String id) throws IOException {
    Session session = sessions.get(id);
    if (session == null || !session.repository.equals(name)) {
      return HttpResponse.error(404, "BLOB_UPLOAD_UNKNOWN", "no such upload: " + id);
    }
    if (!request.parameter(STATE).filter(session.state::equals).isPresent()) {
      return HttpResponse.error(400, "BLOB_UPLOAD_INVALID", "the session's state is missing");
    }
    return switch (request.method()) {
      case "PATCH" -> append(request, id, session);
      case "PUT" -> put(request, id, session);
      case "GET" -> progress(204, id, session);
      case "DELETE" -> abandon(id, session);
      default -> HttpResponse.error(405, "UNSUPPORTED", request.method());
    };
  }

  private static HttpResponse append(HttpRequest request, String id, Session session)
      throws IOException {
    String expected = session.upload.size() + "-";
    String range = request.header("content-range").orElse(expected);
    if (!range.startsWith(expected)) {
      return progress(416, id, session);
    }
    session.upload.append(request.body());
    return progress(202, id, session);
  }

  private HttpResponse put(HttpRequest request, String id, Session session) throws IOException {
    String digest = request.parameter("digest").orElse("");
    sessions.remove(id);
    return finish(session, request, Digest.parse(digest));
  }

  private HttpResponse finish(Session session, HttpRequest request, Digest digest)
      throws IOException {
    session.upload.append(request.body());
    if (!session.upload.commit(digest)) {
      return HttpResponse.error(400, "DIGEST_INVALID", "the content does not have " + digest);
    }
    return created(session.repository, digest);
  }

  private HttpResponse abandon(String id, Session session) throws IOException {
    sessions.remove(id);
    session.upload.abandon();
    return HttpResponse.of(204);
  }

  private HttpResponse created(String name, Digest digest) {
    repositories.addBlob(name, digest);
    return HttpResponse.of(201)
        .header("Location", "/v2/" + name + "/blobs/" + digest)
        .header("Docker-Content-Digest", digest.toString());
  }

  private static HttpResponse progress(int status, String id, Session session) {
    return HttpResponse.of(status)
        .header(
            "Location",
            "/v2/"
                + session.repository
                + "/blobs/uploads/"
                + id
                + "?"
                + STATE
                + "="
                + session.state)
        .header("Docker-Upload-UUID", id)
        .header("Range", "0-" + Math.max(0, session.upload.size() - 1));
  }
}
