package io.jollyboat.engine;

import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.OciFormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The steps that made an image, as an annotation of its manifest: a line for each, the key and the
 * configuration of the step's image, compressed. Their layers are the lowest of the image's. Not
 * safe for use by several threads.
 */
final class InlineSteps {
  private static final String STEPS = "io.jollyboat.build.steps";
  private static final int MOST_CONFIG = 1 << 20;

  private final ImageConfig image;
  private final StringBuilder lines = new StringBuilder();

  InlineSteps(ImageConfig image) {
    this.image = image;
  }

  /**
   * Adds a step if it made this image: those of other stages may say what the image is not to tell.
   */
  void add(Digest key, ImageConfig config) {
    if (begins(image.diffIds(), config.diffIds())
        && begins(image.history(), config.history())
        && config.platform().equals(image.platform())) {
      lines.append(key).append(' ').append(packed(config.bytes())).append('\n');
    }
  }

  private static <T> boolean begins(List<T> all, List<T> start) {
    return start.size() <= all.size() && all.subList(0, start.size()).equals(start);
  }

  boolean isEmpty() {
    return lines.length() == 0;
  }

  /** The manifest that tells of them. */
  Manifest told(Manifest plain) {
    Map<String, String> annotations = new LinkedHashMap<>(plain.annotations());
    annotations.put(STEPS, lines.toString());
    Manifest.Builder builder =
        Manifest.builder(plain.config())
            .mediaType(plain.mediaType())
            .layers(plain.layers())
            .annotations(annotations);
    plain.artifactType().ifPresent(builder::artifactType);
    plain.subject().ifPresent(builder::subject);
    return builder.build();
  }

  /**
   * Those that a manifest tells of.
   *
   * @throws OciFormatException they are malformed
   */
  static Map<Digest, FetchedSteps.Source> read(Manifest manifest) {
    Map<Digest, FetchedSteps.Source> steps = new HashMap<>();
    manifest
        .annotations()
        .getOrDefault(STEPS, "")
        .lines()
        .forEach(line -> add(line, manifest, steps));
    return steps;
  }

  private static void add(String line, Manifest manifest, Map<Digest, FetchedSteps.Source> steps) {
    int blank = line.indexOf(' ');
    if (blank < 0) {
      throw new OciFormatException("a step of the annotation " + STEPS + " has no configuration");
    }
    steps.put(
        Digest.parse(line.substring(0, blank)),
        new FetchedSteps.Source.Inline(line.substring(blank + 1), manifest.layers()));
  }

  /**
   * One of them, as it is wanted.
   *
   * @throws OciFormatException it is malformed
   */
  static FetchedSteps.Source.Told unpacked(FetchedSteps.Source.Inline step) {
    ImageConfig config = ImageConfig.parse(unpacked(step.config()));
    int count = Math.min(config.diffIds().size(), step.layers().size());
    return new FetchedSteps.Source.Told(config, step.layers().subList(0, count));
  }

  private static String packed(byte[] config) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(config);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  private static byte[] unpacked(String text) {
    try (GZIPInputStream in =
        new GZIPInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(text)))) {
      byte[] config = in.readNBytes(MOST_CONFIG + 1);
      if (config.length > MOST_CONFIG) {
        throw new OciFormatException("a configuration in the annotation " + STEPS + " is too long");
      }
      return config;
    } catch (IOException | IllegalArgumentException e) {
      throw new OciFormatException(
          "a configuration in the annotation " + STEPS + " is malformed: " + e.getMessage());
    }
  }
}
