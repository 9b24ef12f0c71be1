package io.jollyboat.oci;

import com.google.errorprone.annotations.CheckReturnValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The documents of archives that Docker wrote before version 1.10: Docker image specification v1.0.
 * An image is a chain of layers there, each with a configuration of its own.
 */
@CheckReturnValue
public final class LegacyArchive {
  private LegacyArchive() {}

  /**
   * Reads the document {@code repositories}: names to the ids of the uppermost layers.
   *
   * @throws OciFormatException when it is none
   */
  public static Map<ImageReference, String> repositories(byte[] document) {
    Map<ImageReference, String> names = new LinkedHashMap<>();
    JsonObject json = OciJson.parse(document, "repositories");
    for (String repository : json.members().keySet()) {
      ImageReference name = ImageReference.parse(repository);
      json.stringMap(repository).forEach((tag, id) -> names.put(name.withTag(tag), id));
    }
    return names;
  }

  /** Writes the document {@code repositories}; a name without a tag is left out. */
  public static byte[] writeRepositories(Map<ImageReference, String> names) {
    Map<String, Object> members = new LinkedHashMap<>();
    names.forEach(
        (name, layer) ->
            name.tag().ifPresent(tag -> tags(members, name.repository()).put(tag, layer)));
    return OciJson.write(members);
  }

  @SuppressWarnings("unchecked") // this class made them
  private static Map<String, Object> tags(Map<String, Object> members, String repository) {
    Object tags = members.computeIfAbsent(repository, key -> new LinkedHashMap<String, Object>());
    return (Map<String, Object>) tags;
  }

  /** The id of the layer below, from a layer's document {@code json}. */
  public static Optional<String> parent(byte[] layerDocument) {
    return read(layerDocument).text("parent");
  }

  /**
   * The configuration of today for an image of then.
   *
   * @param layerDocuments the layers' documents {@code json}, the lowest first
   * @param diffIds the digests of their archives, in the same order
   */
  public static ImageConfig config(List<byte[]> layerDocuments, List<Digest> diffIds) {
    JsonObject top = read(layerDocuments.get(layerDocuments.size() - 1));
    JsonObject config = JsonObject.empty(ImageConfig.WHAT);
    for (String kept :
        List.of("architecture", "author", "config", "created", "docker_version", "os")) {
      Optional.ofNullable(top.members().get(kept)).ifPresent(value -> config.set(kept, value));
    }
    if (!config.has("os")) {
      config.set("os", "linux");
    }
    JsonObject rootfs = config.objectToChange("rootfs");
    rootfs.set("type", "layers");
    rootfs.members().put("diff_ids", diffIds.stream().map(Digest::toString).toList());
    List<Map<String, Object>> history = new ArrayList<>();
    layerDocuments.forEach(document -> history.add(history(read(document)).toJson()));
    config.members().put("history", history);
    return ImageConfig.parse(config.write());
  }

  private static History history(JsonObject layer) {
    String command =
        layer
            .object("container_config")
            .map(container -> String.join(" ", container.strings("Cmd")))
            .orElse("");
    return new History(
        layer.instant("created"),
        command,
        layer.string("author").orElse(""),
        layer.string("comment").orElse(""),
        false);
  }

  private static JsonObject read(byte[] document) {
    return OciJson.parse(document, "a layer's json");
  }
}
