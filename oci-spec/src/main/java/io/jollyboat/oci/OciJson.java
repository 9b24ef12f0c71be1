package io.jollyboat.oci;

import io.jollyboat.oci.json.JsonText;
import io.jollyboat.oci.json.JsonTextException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Documents of the image specification as JSON text. */
final class OciJson {
  private OciJson() {}

  /** Reads one object and nothing else; {@code what} names the document in errors. */
  static JsonObject parse(byte[] document, String what) {
    try {
      return new JsonObject(JsonText.parse(document), what);
    } catch (JsonTextException e) {
      throw new OciFormatException(what + ": " + e.getMessage(), e);
    }
  }

  /** Writes without blanks, the members of every object in the order of their names. */
  static byte[] write(Map<String, Object> members) {
    return JsonText.writeSorted(members).getBytes(StandardCharsets.UTF_8);
  }
}
