package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;

/** How images are saved. A value. */
@CheckReturnValue
public final class SaveSpec {
  private static final SaveSpec DEFAULTS =
      new SaveSpec(Format.DOCKER_ARCHIVE, Compression.AS_STORED);

  private final Format format;
  private final Compression compression;

  /** What is written. */
  public enum Format {
    /**
     * One tar as {@code docker save} writes it, for {@code docker load}, {@code podman load},
     * {@code skopeo copy docker-archive:}: an OCI layout with {@code manifest.json} and {@code
     * repositories} beside it.
     */
    DOCKER_ARCHIVE,
    /** One tar of an OCI image layout. */
    OCI_ARCHIVE,
    /**
     * A directory: OCI image-spec, "Image Layout". One that is there gets more images; a name that
     * it has already then stands for the new one.
     */
    OCI_LAYOUT
  }

  /** How layers are written. */
  public enum Compression {
    /**
     * As they were received, with the manifest that they came with, byte by byte, and with all
     * platforms of an index that are in the store. Layers made here are compressed by gzip. Where
     * the format is OCI's, manifests of Docker's type are written as OCI's.
     */
    AS_STORED,
    /** Plain tars. */
    NONE,
    GZIP,
    ZSTD
  }

  private SaveSpec(Format format, Compression compression) {
    this.format = format;
    this.compression = compression;
  }

  /** An archive for Docker, layers as they are. */
  public static SaveSpec defaults() {
    return DEFAULTS;
  }

  public SaveSpec format(Format newFormat) {
    return new SaveSpec(newFormat, compression);
  }

  /**
   * Other than {@link Compression#AS_STORED}, each image gets a manifest of its own, and of an
   * index only this machine's image is written.
   */
  public SaveSpec compression(Compression newCompression) {
    return new SaveSpec(format, newCompression);
  }

  public Format format() {
    return format;
  }

  public Compression compression() {
    return compression;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SaveSpec that
        && format == that.format
        && compression == that.compression;
  }

  @Override
  public int hashCode() {
    return 31 * format.hashCode() + compression.hashCode();
  }

  @Override
  public String toString() {
    return "save as " + format + ", layers " + compression;
  }
}
