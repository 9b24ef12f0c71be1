package io.jollyboat;

/** What can be said about an image, and attached to it in a registry as an artifact. */
public enum Statement {
  /** Its packages, as JSON of SPDX 2.3. */
  SPDX("application/spdx+json"),
  /** Its packages, as JSON of CycloneDX 1.5. */
  CYCLONE_DX("application/vnd.cyclonedx+json"),
  /**
   * How it was built: an in-toto statement v1 with a SLSA provenance v1, unsigned. Only of images
   * whose build was asked for it, see {@link BuildSpec#provenance()}.
   */
  PROVENANCE("application/vnd.in-toto+json");

  private final String mediaType;

  Statement(String mediaType) {
    this.mediaType = mediaType;
  }

  public String mediaType() {
    return mediaType;
  }
}
