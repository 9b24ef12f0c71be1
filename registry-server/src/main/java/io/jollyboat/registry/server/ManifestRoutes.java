package io.jollyboat.registry.server;

import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.Index;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.registry.server.Repositories.StoredManifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Manifests, indexes, and what refers to them: distribution-spec, "Pushing Manifests" and "Listing
 * Referrers". Safe for use by several threads.
 */
final class ManifestRoutes {
  private static final int MAX_MANIFEST = 8 * 1024 * 1024;

  private final Repositories repositories;
  private final boolean referrers;

  /**
   * @param referrers whether track is kept of them
   */
  ManifestRoutes(Repositories repositories, boolean referrers) {
    this.repositories = repositories;
    this.referrers = referrers;
  }

  HttpResponse answer(HttpRequest request, String name, String reference) throws IOException {
    return switch (request.method()) {
      case "GET", "HEAD" ->
          repositories
              .manifest(name, reference)
              .map(ManifestRoutes::send)
              .orElseGet(() -> HttpResponse.error(404, "MANIFEST_UNKNOWN", "no such manifest"));
      case "PUT" -> put(request, name, reference);
      case "DELETE" ->
          repositories.deleteManifest(name, reference)
              ? HttpResponse.of(202)
              : HttpResponse.error(404, "MANIFEST_UNKNOWN", "no such manifest");
      default -> HttpResponse.error(405, "UNSUPPORTED", request.method());
    };
  }

  private static HttpResponse send(StoredManifest manifest) {
    return HttpResponse.of(200)
        .header("Content-Type", manifest.mediaType())
        .header("Docker-Content-Digest", manifest.digest().toString())
        .body(manifest.content());
  }

  private HttpResponse put(HttpRequest request, String name, String reference) throws IOException {
    byte[] content = request.body().readNBytes(MAX_MANIFEST + 1);
    if (content.length > MAX_MANIFEST) {
      return HttpResponse.error(413, "SIZE_INVALID", "the manifest is too long");
    }
    Digest digest = Digest.sha256(content);
    if (reference.indexOf(':') >= 0 && !Digest.parse(reference).equals(digest)) {
      return HttpResponse.error(400, "DIGEST_INVALID", "the manifest has " + digest);
    }
    String type = MediaType.withoutParameters(request.header("content-type").orElse(""));
    List<Digest> missing = missing(name, type, content);
    if (!missing.isEmpty()) {
      return HttpResponse.error(400, "MANIFEST_BLOB_UNKNOWN", "not there: " + missing);
    }
    StoredManifest manifest = new StoredManifest(digest, type, content);
    repositories.putManifest(name, reference, manifest);
    HttpResponse created =
        HttpResponse.of(201)
            .header("Location", "/v2/" + name + "/manifests/" + digest)
            .header("Docker-Content-Digest", digest.toString());
    Optional<Descriptor> subject = referrers ? subject(manifest) : Optional.empty();
    subject.ifPresent(s -> created.header("OCI-Subject", s.digest().toString()));
    return created;
  }

  private List<Digest> missing(String name, String type, byte[] content) {
    List<Digest> missing = new ArrayList<>();
    if (MediaType.isIndex(type)) {
      for (Descriptor child : Index.parse(content).manifests()) {
        if (repositories.manifest(name, child.digest().toString()).isEmpty()) {
          missing.add(child.digest());
        }
      }
      return missing;
    }
    Manifest manifest = Manifest.parse(content);
    List<Descriptor> parts = new ArrayList<>(manifest.layers());
    parts.add(manifest.config());
    for (Descriptor part : parts) {
      boolean elsewhere = MediaType.isForeignLayer(part.mediaType());
      if (!elsewhere && !repositories.hasBlob(name, part.digest())) {
        missing.add(part.digest());
      }
    }
    return missing;
  }

  private static Optional<Descriptor> subject(StoredManifest manifest) {
    return MediaType.isIndex(manifest.mediaType())
        ? Index.parse(manifest.content()).subject()
        : Manifest.parse(manifest.content()).subject();
  }

  /** An index of what has this subject; of one kind where a filter says so. */
  HttpResponse referrers(HttpRequest request, String name, Digest subject) {
    if (!referrers) {
      return HttpResponse.error(404, "NOT_FOUND", "no such page: " + request.path());
    }
    Optional<String> kind = request.parameter("artifactType");
    List<Descriptor> found =
        repositories.manifests(name).stream()
            .filter(m -> subject(m).filter(s -> s.digest().equals(subject)).isPresent())
            .map(ManifestRoutes::referrer)
            .filter(r -> kind.isEmpty() || r.artifactType().equals(kind))
            .toList();
    HttpResponse response =
        HttpResponse.of(200)
            .header("Content-Type", MediaType.OCI_INDEX)
            .body(Index.of(found).bytes());
    return kind.isPresent() ? response.header("OCI-Filters-Applied", "artifactType") : response;
  }

  private static Descriptor referrer(StoredManifest stored) {
    Descriptor descriptor =
        Descriptor.of(stored.mediaType(), stored.digest(), stored.content().length);
    Optional<String> kind;
    Map<String, String> annotations;
    if (MediaType.isIndex(stored.mediaType())) {
      Index index = Index.parse(stored.content());
      kind = index.artifactType();
      annotations = index.annotations();
    } else {
      Manifest manifest = Manifest.parse(stored.content());
      kind = manifest.artifactType().or(() -> Optional.of(manifest.config().mediaType()));
      annotations = manifest.annotations();
    }
    descriptor = kind.map(descriptor::withArtifactType).orElse(descriptor);
    for (Map.Entry<String, String> entry : annotations.entrySet()) {
      descriptor = descriptor.withAnnotation(entry.getKey(), entry.getValue());
    }
    return descriptor;
  }
}
