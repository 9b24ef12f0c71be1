package io.jollyboat.oci;

import com.google.errorprone.annotations.CheckReturnValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One image in an archive as {@code docker save} writes it: an entry of {@code manifest.json}.
 * Docker image specification v1.2, "Combined Image JSON + Filesystem Changeset Format". Immutable.
 *
 * @param config name of the archive's member that is the image's configuration
 * @param names with tags; none where the image was asked for by id
 * @param layers names of the members that are the layers' archives, the lowest first
 */
@CheckReturnValue
public record SavedImage(String config, List<ImageReference> names, List<String> layers) {
  private static final String WHAT = "manifest.json";
  private static final String LIST = "images";

  public SavedImage {
    names = List.copyOf(names);
    layers = List.copyOf(layers);
  }

  /**
   * Reads the document {@code manifest.json}, a list.
   *
   * @throws OciFormatException when it is none
   */
  public static List<SavedImage> parse(byte[] document) {
    // Documents are objects to the reader of JSON, so the list becomes a member of one.
    String text = "{\"" + LIST + "\":" + new String(document, StandardCharsets.UTF_8) + "}";
    JsonObject json = OciJson.parse(text.getBytes(StandardCharsets.UTF_8), WHAT);
    return json.objects(LIST).stream().map(SavedImage::read).toList();
  }

  private static SavedImage read(JsonObject json) {
    return new SavedImage(
        json.requiredString("Config"),
        json.strings("RepoTags").stream().map(ImageReference::parse).toList(),
        json.strings("Layers"));
  }

  /** The document {@code manifest.json} of some images. */
  public static byte[] write(List<SavedImage> images) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (SavedImage image : images) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("Config", image.config);
      members.put("RepoTags", image.names.stream().map(ImageReference::toString).toList());
      members.put("Layers", image.layers);
      list.add(members);
    }
    byte[] object = OciJson.write(Map.of(LIST, list));
    int start = LIST.length() + "{\"\":".length();
    return java.util.Arrays.copyOfRange(object, start, object.length - 1);
  }
}
