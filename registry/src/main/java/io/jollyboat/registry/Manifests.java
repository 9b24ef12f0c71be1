package io.jollyboat.registry;

import io.jollyboat.ContentException;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Index;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.oci.OciFormatException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** Manifests and indexes at a registry: distribution-spec, "Pulling manifests" and "Pushing". */
final class Manifests {
  private static final int MAX_DOCUMENT = 8 * 1024 * 1024;
  private static final String ACCEPT =
      String.join(
          ", ",
          List.of(
              MediaType.OCI_INDEX,
              MediaType.OCI_MANIFEST,
              MediaType.DOCKER_MANIFEST_LIST,
              MediaType.DOCKER_MANIFEST,
              "*/*;q=0.1"));

  private final RegistryClient client;
  private final RegistryHosts hosts;
  private final Consumer<String> warnings;

  Manifests(RegistryClient client, RegistryHosts hosts, Consumer<String> warnings) {
    this.client = client;
    this.hosts = hosts;
    this.warnings = warnings;
  }

  /** HEAD, and GET where that does not say enough; empty for 404. */
  Optional<Descriptor> resolve(ImageReference reference) {
    try (Response head = send("HEAD", reference, name(reference))) {
      if (head.code() == 404) {
        return Optional.empty();
      }
      boolean says = head.isSuccessful();
      Optional<Descriptor> descriptor = says ? describe(reference, head) : Optional.empty();
      if (descriptor.isPresent()) {
        return descriptor;
      }
      if (head.code() == 429 || head.code() >= 500) {
        throw RegistryErrors.refused(what("HEAD", reference), reference.domain(), head);
      }
      if (!says && head.code() != 405 && head.code() != 400) {
        throw explained(reference);
      }
    }
    return resolveByGet(reference);
  }

  private static String name(ImageReference reference) {
    return reference
        .digest()
        .map(Digest::toString)
        .or(reference::tag)
        .orElseThrow(() -> new IllegalArgumentException(reference + " has neither tag nor digest"));
  }

  /** What the headers alone say; the digest of the reference counts more than the registry's. */
  private static Optional<Descriptor> describe(ImageReference reference, Response response) {
    String type = type(response);
    String length = response.header("Content-Length");
    String digest = response.header("Docker-Content-Digest");
    boolean known =
        MediaType.isManifest(type) || MediaType.isIndex(type) || MediaType.isSchema1(type);
    if (!known || length == null || !length.matches("\\d{1,9}")) {
      return Optional.empty();
    }
    try {
      Optional<Digest> named =
          digest == null ? Optional.empty() : Optional.of(Digest.parse(digest));
      return reference
          .digest()
          .or(() -> named)
          .map(d -> Descriptor.of(type, d, Long.parseLong(length)));
    } catch (OciFormatException e) {
      return Optional.empty();
    }
  }

  private static String type(Response response) {
    return MediaType.withoutParameters(response.header("Content-Type", ""));
  }

  /** An answer to HEAD has no body: the same by GET tells why. */
  private RuntimeException explained(ImageReference reference) {
    try (Response response = send("GET", reference, name(reference))) {
      return RegistryErrors.refused(what("GET", reference), reference.domain(), response);
    }
  }

  private Optional<Descriptor> resolveByGet(ImageReference reference) {
    try (Response response = send("GET", reference, name(reference))) {
      if (response.code() == 404) {
        return Optional.empty();
      }
      byte[] bytes = body(reference, response);
      Digest digest = reference.digest().orElseGet(() -> Digest.sha256(bytes));
      Descriptor found = Descriptor.of(typeOf(response, digest, bytes), digest, bytes.length);
      verify(found, bytes);
      return Optional.of(found);
    }
  }

  /** The header's type, or what the document itself looks like. */
  private static String typeOf(Response response, Digest digest, byte[] bytes) {
    String type = type(response);
    if (MediaType.isManifest(type) || MediaType.isIndex(type) || MediaType.isSchema1(type)) {
      return type;
    }
    try {
      return Manifest.parse(bytes).mediaType();
    } catch (OciFormatException notManifest) {
      try {
        return Index.parse(bytes).mediaType();
      } catch (OciFormatException e) {
        e.addSuppressed(notManifest);
        throw new ContentException(
            "content " + digest + " is neither a manifest nor an index: " + e.getMessage(),
            digest,
            e);
      }
    }
  }

  byte[] get(ImageReference repository, Descriptor manifest) {
    ImageReference reference = repository.withDigest(manifest.digest());
    try (Response response = send("GET", reference, manifest.digest().toString())) {
      byte[] bytes = body(reference, response);
      verify(manifest, bytes);
      return bytes;
    }
  }

  private static byte[] body(ImageReference reference, Response response) {
    if (!response.isSuccessful()) {
      throw RegistryErrors.refused(what("GET", reference), reference.domain(), response);
    }
    try {
      return response.body().byteStream().readNBytes(MAX_DOCUMENT + 1);
    } catch (IOException e) {
      Interrupts.check(what("GET", reference), e);
      throw RegistryErrors.unreachable(what("GET", reference), reference.domain(), e);
    }
  }

  private static void verify(Descriptor expected, byte[] bytes) {
    var hasher = expected.digest().hasher();
    hasher.update(bytes);
    Digest actual = Digest.of(hasher);
    if (bytes.length != expected.size() || !actual.equals(expected.digest())) {
      throw new ContentException(
          "manifest "
              + expected.digest()
              + " is not what was received: "
              + bytes.length
              + " bytes with digest "
              + actual
              + " instead of "
              + expected.size()
              + " bytes",
          expected.digest(),
          null);
    }
  }

  /**
   * Uploads a manifest or an index.
   *
   * @param untracked is told of one whose subject the registry takes no notice of
   */
  Digest put(
      ImageReference reference,
      String mediaType,
      byte[] manifest,
      BiConsumer<ImageReference, Manifest> untracked) {
    Digest digest = reference.digest().orElseGet(() -> Digest.sha256(manifest));
    verify(Descriptor.of(mediaType, digest, manifest.length), manifest);
    String name = reference.tag().orElse(digest.toString());
    HttpUrl url = hosts.repository(reference, "manifests/" + name);
    RequestBody body = RequestBody.create(manifest, okhttp3.MediaType.get(mediaType));
    Request http = new Request.Builder().url(url).put(body).build();
    String what = "push of the manifest to " + reference;
    RegistryRequest request = new RegistryRequest(http, reference, Scopes.push(reference), what);
    try (Response response = client.send(request, hosts.base(reference))) {
      warn(reference, response);
      if (!response.isSuccessful()) {
        throw RegistryErrors.refused(what, reference.domain(), response);
      }
      if (MediaType.isManifest(mediaType) && response.header("OCI-Subject") == null) {
        Manifest sent = Manifest.parse(manifest);
        if (sent.subject().isPresent()) {
          untracked.accept(reference, sent);
        }
      }
      return digest;
    }
  }

  /** Whether it was there. */
  boolean delete(ImageReference reference) {
    String what = "deletion of " + reference;
    HttpUrl url = hosts.repository(reference, "manifests/" + name(reference));
    Request http = new Request.Builder().url(url).delete().build();
    RegistryRequest request = new RegistryRequest(http, reference, Scopes.delete(reference), what);
    try (Response response = client.send(request, hosts.base(reference))) {
      if (!response.isSuccessful() && response.code() != 404) {
        throw RegistryErrors.refused(what, reference.domain(), response);
      }
      return response.isSuccessful();
    }
  }

  private Response send(String method, ImageReference reference, String name) {
    Request http =
        new Request.Builder()
            .url(hosts.repository(reference, "manifests/" + name))
            .method(method, null)
            .header("Accept", ACCEPT)
            .header("Accept-Encoding", "identity")
            .build();
    Set<String> scopes = Scopes.pull(reference);
    RegistryRequest request = new RegistryRequest(http, reference, scopes, what(method, reference));
    Response response = client.send(request, hosts.base(reference));
    warn(reference, response);
    return response;
  }

  private static String what(String method, ImageReference reference) {
    return (method.equals("HEAD") ? "looking up " : "pull of the manifest of ") + reference;
  }

  /** Passes on what {@code Warning: 299 - "text"} says. */
  private void warn(ImageReference reference, Response response) {
    for (String header : response.headers("Warning")) {
      if (header.startsWith("299 ")) {
        warnings.accept(
            "registry " + reference.domain() + ": " + RegistryErrors.clean(header.substring(4)));
      }
    }
  }
}
