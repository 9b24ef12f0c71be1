package io.jollyboat.runtime;

import io.jollyboat.oci.json.JsonText;
import io.jollyboat.oci.json.JsonTextException;

/** Documents of the runtime specification as JSON text, members in their order. */
final class Json {
  private Json() {}

  /** Reads one object and nothing else; {@code what} names the document in errors. */
  static Fields parse(byte[] document, String what) {
    try {
      return new Fields(JsonText.parse(document), what);
    } catch (JsonTextException e) {
      throw new RuntimeFailure(what + ": " + e.getMessage(), e);
    }
  }

  /** Without blanks, on one line. */
  static String write(Object value) {
    return JsonText.write(value);
  }

  /** For people. */
  static String writePretty(Object value) {
    return JsonText.writePretty(value);
  }
}
