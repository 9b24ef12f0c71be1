package io.jollyboat.oci;

import com.google.errorprone.annotations.CheckReturnValue;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Manifests under one name, as a rule one per platform: OCI image-spec, "Image Index", and Docker's
 * manifest list. Holds the bytes it was read from. Immutable, equal by bytes.
 */
@CheckReturnValue
public final class Index {
  private static final String WHAT = "image index";
  private static final String ATTESTATION = "vnd.docker.reference.type";

  private final RawDocument raw;
  private final JsonObject json;
  private final String mediaType;
  private final List<Descriptor> manifests;

  private Index(byte[] bytes) {
    this.raw = new RawDocument(bytes);
    this.json = OciJson.parse(bytes, WHAT);
    refuseOthers(json);
    this.mediaType = json.text("mediaType").orElse(MediaType.OCI_INDEX);
    this.manifests = json.objects("manifests").stream().map(Descriptor::read).toList();
    var unused = List.of(subject(), annotations(), artifactType());
  }

  private static void refuseOthers(JsonObject json) {
    if (json.integer("schemaVersion").orElse(2L) != 2) {
      throw json.error("schemaVersion", "must be 2");
    }
    for (String foreign : List.of("layers", "config", "fsLayers")) {
      if (json.has(foreign)) {
        throw json.error(foreign, "belongs to a manifest, not to an index");
      }
    }
    if (!json.has("manifests")) {
      throw json.error("manifests", "is missing");
    }
    String type = json.text("mediaType").orElse(MediaType.OCI_INDEX);
    if (!MediaType.isIndex(type)) {
      throw json.error("mediaType", "is " + type + ", not that of an index");
    }
  }

  /** Reads the document, which is kept as it is. */
  public static Index parse(byte[] document) {
    return new Index(document);
  }

  /** An OCI index of these manifests. */
  public static Index of(List<Descriptor> manifests) {
    JsonObject json = JsonObject.empty(WHAT);
    json.set("schemaVersion", 2L);
    json.set("mediaType", MediaType.OCI_INDEX);
    json.members().put("manifests", manifests.stream().map(Descriptor::toJson).toList());
    return new Index(json.write());
  }

  /** The document, byte by byte. */
  public byte[] bytes() {
    return raw.copy();
  }

  public Digest digest() {
    return raw.digest();
  }

  /** What names this index at a registry. */
  public Descriptor descriptor() {
    return Descriptor.of(mediaType, raw.digest(), raw.size());
  }

  public String mediaType() {
    return mediaType;
  }

  public List<Descriptor> manifests() {
    return manifests;
  }

  public Optional<Descriptor> subject() {
    return json.object("subject").map(Descriptor::read);
  }

  public Optional<String> artifactType() {
    return json.text("artifactType");
  }

  public Map<String, String> annotations() {
    return Map.copyOf(json.stringMap("annotations"));
  }

  /** The platforms that {@link #select} can choose from. */
  public List<Platform> platforms() {
    return manifests.stream()
        .filter(Index::isImage)
        .flatMap(manifest -> manifest.platform().stream())
        .toList();
  }

  /**
   * The manifest that suits a machine best; one that names no platform only where no other runs.
   * Attestations are passed over.
   */
  public Optional<Descriptor> select(Platform machine) {
    Comparator<Descriptor> best =
        Comparator.comparing(
            manifest -> manifest.platform().orElseThrow(), Platform.bestFor(machine));
    Optional<Descriptor> found =
        manifests.stream()
            .filter(Index::isImage)
            .filter(m -> m.platform().filter(platform -> platform.runsOn(machine)).isPresent())
            .min(best);
    return found.or(
        () ->
            manifests.stream()
                .filter(Index::isImage)
                .filter(m -> m.platform().isEmpty())
                .findFirst());
  }

  /** Whether a manifest in an index says something about another one, as BuildKit writes it. */
  public static boolean isAttestation(Descriptor manifest) {
    return manifest.annotations().containsKey(ATTESTATION);
  }

  private static boolean isImage(Descriptor manifest) {
    return !isAttestation(manifest)
        && manifest.platform().filter(platform -> platform.os().equals("unknown")).isEmpty();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Index that && raw.equals(that.raw);
  }

  @Override
  public int hashCode() {
    return raw.hashCode();
  }

  @Override
  public String toString() {
    return descriptor().toString();
  }
}
