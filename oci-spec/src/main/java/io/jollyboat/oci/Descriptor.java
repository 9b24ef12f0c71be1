package io.jollyboat.oci;

import com.google.errorprone.annotations.CheckReturnValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What some content is, how it is named and how long it is: OCI image-spec, "Content Descriptors".
 * Members that are not known here are kept and written again. Immutable.
 */
@CheckReturnValue
public final class Descriptor {
  private final JsonObject json;
  private final String mediaType;
  private final Digest digest;
  private final long size;
  private final Optional<Platform> platform;

  private Descriptor(JsonObject json) {
    this.json = json;
    this.mediaType = json.requiredString("mediaType");
    this.digest = json.digest("digest");
    this.size = json.integer("size").orElseThrow(() -> json.error("size", "is missing"));
    if (size < 0) {
      throw json.error("size", "must not be negative");
    }
    this.platform = json.object("platform").map(Descriptor::readPlatform);
    var unused = List.of(urls(), annotations(), artifactType());
  }

  /**
   * @param size in bytes
   */
  public static Descriptor of(String mediaType, Digest digest, long size) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("mediaType", mediaType);
    members.put("digest", digest.toString());
    members.put("size", size);
    return new Descriptor(new JsonObject(members, "descriptor"));
  }

  static Descriptor read(JsonObject json) {
    return new Descriptor(json.copy());
  }

  Map<String, Object> toJson() {
    return json.copy().members();
  }

  private static Platform readPlatform(JsonObject json) {
    return new Platform(
        json.string("os").orElse(""),
        json.string("architecture").orElse(""),
        json.string("variant").orElse(""),
        json.string("os.version").orElse(""),
        json.strings("os.features"));
  }

  public String mediaType() {
    return mediaType;
  }

  public Digest digest() {
    return digest;
  }

  /** Length of the content in bytes. */
  public long size() {
    return size;
  }

  /** Where else the content may be had. */
  public List<String> urls() {
    return json.strings("urls");
  }

  public Map<String, String> annotations() {
    return Map.copyOf(json.stringMap("annotations"));
  }

  public Optional<Platform> platform() {
    return platform;
  }

  public Optional<String> artifactType() {
    return json.text("artifactType");
  }

  public Descriptor withMediaType(String newMediaType) {
    return with("mediaType", newMediaType);
  }

  public Descriptor withUrls(List<String> urls) {
    return with("urls", List.copyOf(urls));
  }

  public Descriptor withAnnotation(String name, String value) {
    Map<String, Object> annotations = new LinkedHashMap<>(json.stringMap("annotations"));
    annotations.put(name, value);
    return with("annotations", annotations);
  }

  public Descriptor withArtifactType(String artifactType) {
    return with("artifactType", artifactType);
  }

  public Descriptor withPlatform(Platform newPlatform) {
    JsonObject object = JsonObject.empty("platform");
    object.set("os", newPlatform.os());
    object.set("architecture", newPlatform.architecture());
    object.set("variant", newPlatform.variant());
    object.set("os.version", newPlatform.osVersion());
    object.set("os.features", newPlatform.osFeatures());
    return with("platform", object.members());
  }

  private Descriptor with(String name, Object value) {
    JsonObject changed = json.copy();
    changed.set(name, value);
    return new Descriptor(changed);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Descriptor that && json.members().equals(that.json.members());
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }

  @Override
  public String toString() {
    return mediaType + " " + digest + " (" + size + " bytes)";
  }
}
