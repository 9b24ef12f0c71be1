package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Something other than an image to keep in a registry, such as a bill of materials: OCI image-spec
 * 1.1, "Guidelines for Artifact Usage". A value.
 */
@CheckReturnValue
public final class Artifact {
  private static final String TITLE = "org.opencontainers.image.title";

  private final String type;
  private final List<Part> parts;
  private final Map<String, String> annotations;

  private Artifact(String type, List<Part> parts, Map<String, String> annotations) {
    this.type = type;
    this.parts = List.copyOf(parts);
    this.annotations = Map.copyOf(annotations);
  }

  /**
   * An artifact without content.
   *
   * @param artifactType a media type that says what it is, such as {@code application/spdx+json}
   */
  public static Artifact of(String artifactType) {
    if (!artifactType.matches("[\\w.+!#$&^-]+/[\\w.+!#$&^-]+")) {
      throw new IllegalArgumentException(
          "\"" + artifactType + "\" is not a media type such as application/spdx+json");
    }
    return new Artifact(artifactType, List.of(), Map.of());
  }

  /** With one more part. */
  public Artifact blob(String mediaType, byte[] content) {
    return with(new Part(mediaType, Map.of(), Optional.of(content.clone()), Optional.empty()));
  }

  /** With one more part: a file, whose name becomes the part's title. It is read when sent. */
  public Artifact file(String mediaType, Path file) {
    String name = String.valueOf(file.getFileName());
    return with(new Part(mediaType, Map.of(TITLE, name), Optional.empty(), Optional.of(file)));
  }

  private Artifact with(Part part) {
    List<Part> more = new ArrayList<>(parts);
    more.add(part);
    return new Artifact(type, more, annotations);
  }

  /** With an annotation of the manifest, which lists of referrers show too. */
  public Artifact annotation(String name, String value) {
    Map<String, String> more = new TreeMap<>(annotations);
    more.put(name, value);
    return new Artifact(type, parts, more);
  }

  public String artifactType() {
    return type;
  }

  public List<Part> parts() {
    return parts;
  }

  public Map<String, String> annotations() {
    return annotations;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Artifact that
        && type.equals(that.type)
        && parts.equals(that.parts)
        && annotations.equals(that.annotations);
  }

  @Override
  public int hashCode() {
    return Objects.hash(type, parts, annotations);
  }

  @Override
  public String toString() {
    return type + " of " + parts.size() + " parts";
  }

  /** One blob of an artifact. Immutable. */
  public static final class Part {
    private final String mediaType;
    private final Map<String, String> annotations;
    private final Optional<byte[]> content;
    private final Optional<Path> file;

    private Part(
        String mediaType,
        Map<String, String> annotations,
        Optional<byte[]> content,
        Optional<Path> file) {
      this.mediaType = mediaType;
      this.annotations = annotations;
      this.content = content;
      this.file = file;
    }

    public String mediaType() {
      return mediaType;
    }

    public Map<String, String> annotations() {
      return annotations;
    }

    /** Its bytes, from the beginning; the caller closes the stream. */
    public InputStream open() throws IOException {
      return content.isPresent()
          ? new ByteArrayInputStream(content.get())
          : Files.newInputStream(file.orElseThrow());
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Part that
          && mediaType.equals(that.mediaType)
          && file.equals(that.file)
          && Arrays.equals(content.orElse(new byte[0]), that.content.orElse(new byte[0]));
    }

    @Override
    public int hashCode() {
      return Objects.hash(mediaType, file);
    }
  }
}
