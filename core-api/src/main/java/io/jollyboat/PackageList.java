package io.jollyboat;

import io.jollyboat.oci.Platform;
import java.time.Instant;
import java.util.List;

/**
 * The packages that an image's files speak of. Nothing of the image was executed, and what its
 * files say is believed: software that no package system knows is not here. Immutable.
 *
 * @param image in which they were found
 * @param created when the image was made; the documents carry it, so that the same image gives the
 *     same bytes
 * @param system name and version of the distribution, such as {@code debian-12}; may be empty
 * @param packages in a fixed order
 * @param unread what was there and could not be read, and why: files that are malformed or too
 *     large, databases of an unknown form
 */
public record PackageList(
    ImageId image,
    Platform platform,
    Instant created,
    String system,
    List<InstalledPackage> packages,
    List<String> unread) {
  public PackageList {
    packages = List.copyOf(packages);
    unread = List.copyOf(unread);
  }

  /** As JSON of SPDX 2.3. */
  public String spdx() {
    return new SpdxDocument(this).json();
  }

  /** As JSON of CycloneDX 1.5. */
  public String cycloneDx() {
    return new CycloneDxDocument(this).json();
  }
}
