package io.jollyboat.oci;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.CheckReturnValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One image's configuration and layers: OCI image-spec, "Image Manifest", and Docker's schema 2.
 * Holds the bytes it was read from. Immutable, equal by bytes.
 */
@CheckReturnValue
public final class Manifest {
  private static final String WHAT = "image manifest";

  private final RawDocument raw;
  private final JsonObject json;
  private final String mediaType;
  private final Descriptor config;
  private final List<Descriptor> layers;

  private Manifest(byte[] bytes) {
    this.raw = new RawDocument(bytes);
    this.json = OciJson.parse(bytes, WHAT);
    refuseOthers(json);
    this.mediaType = json.text("mediaType").orElse(MediaType.OCI_MANIFEST);
    this.config =
        Descriptor.read(
            json.object("config").orElseThrow(() -> json.error("config", "is missing")));
    this.layers = json.objects("layers").stream().map(Descriptor::read).toList();
    var unused = List.of(subject(), annotations(), artifactType());
  }

  private static void refuseOthers(JsonObject json) {
    if (json.has("fsLayers") || json.integer("schemaVersion").orElse(2L) == 1) {
      throw new OciFormatException(
          WHAT
              + ": it is of Docker's schema 1, which was given up in 2017;"
              + " push the image again with a tool of today");
    }
    if (json.integer("schemaVersion").orElse(2L) != 2) {
      throw json.error("schemaVersion", "must be 2");
    }
    if (json.has("manifests")) {
      throw json.error("manifests", "belongs to an index, not to a manifest");
    }
    String type = json.text("mediaType").orElse(MediaType.OCI_MANIFEST);
    if (!MediaType.isManifest(type)) {
      throw json.error("mediaType", "is " + type + ", not that of a manifest");
    }
  }

  /** Reads the document, which is kept as it is. */
  public static Manifest parse(byte[] document) {
    return new Manifest(document);
  }

  /** An OCI manifest; {@link Builder} makes others. */
  public static Manifest of(Descriptor config, List<Descriptor> layers) {
    return builder(config).layers(layers).build();
  }

  public static Builder builder(Descriptor config) {
    return new Builder(config);
  }

  /** The document, byte by byte. */
  public byte[] bytes() {
    return raw.copy();
  }

  public Digest digest() {
    return raw.digest();
  }

  /** What names this manifest in an index or at a registry. */
  public Descriptor descriptor() {
    return Descriptor.of(mediaType, raw.digest(), raw.size());
  }

  public String mediaType() {
    return mediaType;
  }

  public Descriptor config() {
    return config;
  }

  /** The lowest first. */
  public List<Descriptor> layers() {
    return layers;
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

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Manifest that && raw.equals(that.raw);
  }

  @Override
  public int hashCode() {
    return raw.hashCode();
  }

  @Override
  public String toString() {
    return descriptor().toString();
  }

  /** Makes a manifest. Not safe for use by several threads. */
  public static final class Builder {
    private final JsonObject json = JsonObject.empty(WHAT);

    private Builder(Descriptor config) {
      json.set("schemaVersion", 2L);
      json.set("mediaType", MediaType.OCI_MANIFEST);
      json.set("config", config.toJson());
      json.members().put("layers", new ArrayList<>());
    }

    /** Default: {@link MediaType#OCI_MANIFEST}. */
    @CanIgnoreReturnValue
    public Builder mediaType(String mediaType) {
      json.set("mediaType", mediaType);
      return this;
    }

    /** The lowest first. */
    @CanIgnoreReturnValue
    public Builder layers(List<Descriptor> layers) {
      json.members().put("layers", layers.stream().map(Descriptor::toJson).toList());
      return this;
    }

    /** What kind of artifact it is, where it is no image. */
    @CanIgnoreReturnValue
    public Builder artifactType(String artifactType) {
      json.set("artifactType", artifactType);
      return this;
    }

    @CanIgnoreReturnValue
    public Builder subject(Descriptor subject) {
      json.set("subject", subject.toJson());
      return this;
    }

    @CanIgnoreReturnValue
    public Builder annotations(Map<String, String> annotations) {
      json.set("annotations", Map.copyOf(annotations));
      return this;
    }

    public Manifest build() {
      return new Manifest(json.write());
    }
  }
}
