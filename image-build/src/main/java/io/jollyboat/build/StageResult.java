package io.jollyboat.build;

import io.jollyboat.StoredImage;
import io.jollyboat.oci.ImageConfig;
import java.util.Map;

/**
 * What a stage gave.
 *
 * @param config of the image, with what the stage may have added for those on it
 * @param arguments the build arguments that a stage on this one starts with
 */
record StageResult(StoredImage image, ImageConfig config, Map<String, String> arguments) {
  StageResult {
    arguments = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(arguments));
  }
}
