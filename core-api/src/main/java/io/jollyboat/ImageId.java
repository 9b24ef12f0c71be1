package io.jollyboat;

import io.jollyboat.oci.Digest;

/**
 * The digest of an image's configuration: known as soon as the image is built. The manifest's
 * digest exists only once the image was pushed or pulled. Immutable.
 */
public record ImageId(Digest digest) {
  /** As people see it: the first twelve digits. */
  public String shortHex() {
    return digest.hex().substring(0, 12);
  }

  /** {@code sha256:} and 64 digits. */
  @Override
  public String toString() {
    return digest.toString();
  }
}
