package io.jollyboat.registry.server;

import io.jollyboat.oci.Digest;
import io.jollyboat.oci.OciFormatException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * From a request to its answer: distribution-spec, "Endpoints". Safe for use by several threads.
 */
final class Routes {
  private static final Pattern NAME =
      Pattern.compile(
          "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*");
  private static final int MAX_NAME = 255;
  private static final Pattern REFERENCE =
      Pattern.compile("\\w[\\w.-]{0,127}|[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-zA-Z=_-]+");
  private static final Pattern MANIFEST = Pattern.compile("/v2/(.+)/manifests/([^/]+)");
  private static final Pattern UPLOAD = Pattern.compile("/v2/(.+)/blobs/uploads/([^/]*)");
  private static final Pattern BLOB = Pattern.compile("/v2/(.+)/blobs/([^/]+)");
  private static final Pattern TAGS = Pattern.compile("/v2/(.+)/tags/list");
  private static final Pattern REFERRERS = Pattern.compile("/v2/(.+)/referrers/([^/]+)");
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");

  private final BlobStore blobs;
  private final Access access;
  private final Repositories repositories;
  private final ManifestRoutes manifests;
  private final Uploads uploads;

  Routes(BlobStore blobs, Repositories repositories, Access access, boolean referrers) {
    this.blobs = blobs;
    this.repositories = repositories;
    this.access = access;
    this.manifests = new ManifestRoutes(repositories, referrers);
    this.uploads = new Uploads(blobs, repositories);
  }

  HttpResponse answer(HttpRequest request) throws IOException {
    try {
      Optional<HttpResponse> aside = access.serve(request);
      return aside.isPresent() ? aside.get() : route(request);
    } catch (OciFormatException e) {
      String code = request.path().contains("/manifests/") ? "MANIFEST_INVALID" : "DIGEST_INVALID";
      return HttpResponse.error(400, code, String.valueOf(e.getMessage()));
    }
  }

  private HttpResponse route(HttpRequest request) throws IOException {
    Matcher manifest = MANIFEST.matcher(request.path());
    Matcher upload = UPLOAD.matcher(request.path());
    Matcher blob = BLOB.matcher(request.path());
    Matcher tags = TAGS.matcher(request.path());
    Matcher referrers = REFERRERS.matcher(request.path());
    if (request.path().equals("/v2/") || request.path().equals("/v2")) {
      return access.refuse(request, Set.of()).orElseGet(() -> HttpResponse.json(200, "{}"));
    }
    if (request.path().equals("/v2/_catalog")) {
      return access
          .refuse(request, Set.of("registry:catalog:*"))
          .orElseGet(() -> page(request, "{\"repositories\":", repositories.names()));
    }
    String name = name(manifest, upload, blob, tags, referrers);
    if (name.isEmpty()) {
      return HttpResponse.error(404, "NAME_UNKNOWN", "no such page: " + request.path());
    }
    if (!NAME.matcher(name).matches() || name.length() > MAX_NAME) {
      return HttpResponse.error(400, "NAME_INVALID", "no name of a repository: " + name);
    }
    if (manifest.matches() && !REFERENCE.matcher(manifest.group(2)).matches()) {
      return HttpResponse.error(400, "TAG_INVALID", "neither tag nor digest: " + request.path());
    }
    Optional<HttpResponse> refusal = access.refuse(request, scopes(request, name));
    if (refusal.isPresent()) {
      return refusal.get();
    }
    if (manifest.matches()) {
      return manifests.answer(request, name, manifest.group(2));
    }
    if (referrers.matches()) {
      return manifests.referrers(request, name, Digest.parse(referrers.group(2)));
    }
    if (upload.matches()) {
      return request.method().equals("POST")
          ? uploads.start(withoutForbiddenMount(request), name)
          : uploads.resume(request, name, upload.group(2));
    }
    return blob.matches() ? blob(request, name, Digest.parse(blob.group(2))) : tags(request, name);
  }

  private static String name(Matcher... matchers) {
    for (Matcher matcher : matchers) {
      if (matcher.matches()) {
        return matcher.group(1);
      }
    }
    return "";
  }

  private static Set<String> scopes(HttpRequest request, String name) {
    Set<String> scopes = new TreeSet<>();
    boolean reads = request.method().equals("GET") || request.isHead();
    scopes.add("repository:" + name + ":pull");
    if (!reads) {
      scopes.add("repository:" + name + ":push");
    }
    return scopes;
  }

  /** Who may not read the source of a mount gets an ordinary upload. */
  private HttpRequest withoutForbiddenMount(HttpRequest request) {
    Optional<String> from = request.parameter("from");
    if (from.isEmpty()
        || access.refuse(request, Set.of("repository:" + from.get() + ":pull")).isEmpty()) {
      return request;
    }
    return new HttpRequest(
        request.method(), request.path(), java.util.Map.of(), request.headers(), request.body());
  }

  private HttpResponse blob(HttpRequest request, String name, Digest digest) throws IOException {
    long size = repositories.hasBlob(name, digest) ? blobs.size(digest).orElse(-1) : -1;
    if (size < 0) {
      return HttpResponse.error(404, "BLOB_UNKNOWN", "no such blob: " + digest);
    }
    return switch (request.method()) {
      case "GET", "HEAD" -> sendBlob(request, digest, size);
      case "DELETE" -> HttpResponse.of(repositories.deleteBlob(name, digest) ? 202 : 404);
      default -> HttpResponse.error(405, "UNSUPPORTED", request.method());
    };
  }

  private HttpResponse sendBlob(HttpRequest request, Digest digest, long size) throws IOException {
    Matcher range = RANGE.matcher(request.header("range").orElse(""));
    boolean partial = range.matches();
    long start = partial ? Long.parseLong(range.group(1)) : 0;
    boolean open = !partial || range.group(2).isEmpty();
    long end = open ? size : Math.min(size, Long.parseLong(range.group(2)) + 1);
    if (partial && start >= end) {
      return HttpResponse.error(416, "RANGE_INVALID", "the blob has " + size + " bytes")
          .header("Content-Range", "bytes */" + size);
    }
    HttpResponse response =
        HttpResponse.of(partial ? 206 : 200)
            .header("Content-Type", "application/octet-stream")
            .header("Docker-Content-Digest", digest.toString())
            .header("Accept-Ranges", "bytes")
            .body(blobs.open(digest, start), end - start);
    return partial
        ? response.header("Content-Range", "bytes " + start + "-" + (end - 1) + "/" + size)
        : response;
  }

  private HttpResponse tags(HttpRequest request, String name) {
    return repositories
        .tags(name)
        .map(tags -> page(request, "{\"name\":\"" + name + "\",\"tags\":", tags))
        .orElseGet(() -> HttpResponse.error(404, "NAME_UNKNOWN", "no such repository: " + name));
  }

  private static HttpResponse page(HttpRequest request, String start, List<String> all) {
    String last = request.parameter("last").orElse("");
    int limit = Integer.parseInt(request.parameter("n").orElse("1000"));
    List<String> rest = all.stream().filter(name -> name.compareTo(last) > 0).toList();
    List<String> page = rest.subList(0, Math.min(limit, rest.size()));
    String list = page.isEmpty() ? "[]" : "[\"" + String.join("\",\"", page) + "\"]";
    HttpResponse response = HttpResponse.json(200, start + list + "}");
    if (page.size() < rest.size() && !page.isEmpty()) {
      String next = request.path() + "?n=" + limit + "&last=" + page.get(page.size() - 1);
      response.header("Link", "<" + next + ">; rel=\"next\"");
    }
    return response;
  }
}
