package io.jollyboat;

import java.util.List;

/**
 * What {@link Images#verify} has found. Immutable.
 *
 * @param images how many were looked at, steps of builds too
 * @param layers how many were looked at
 * @param blobs how many were looked at
 * @param read bytes of content that were read
 * @param findings nothing when all is well
 */
public record Verification(int images, int layers, int blobs, Size read, List<Finding> findings) {
  public Verification {
    findings = List.copyOf(findings);
  }

  /** What can be wrong. */
  public enum Kind {
    /** A blob's bytes have another digest. */
    BLOB_DAMAGED,
    /** A blob that an image or a name stands on is not there. */
    BLOB_MISSING,
    /** A layer's files are not those of its diff id, or its record cannot be read. */
    LAYER_DAMAGED,
    /** A layer of an image is not there. */
    LAYER_MISSING,
    /** An image's record or configuration cannot be read. */
    IMAGE_DAMAGED,
    /** A name stands for an image that is not there, or a step of the build cache for nothing. */
    REFERENCE_BROKEN,
    /** A layer or a blob that nothing needs; not looked for while somebody pulls or builds. */
    ORPHAN
  }

  /**
   * One thing that is wrong.
   *
   * @param subject a digest, a name or an image id
   * @param message what is wrong, and what follows from it
   * @param images those that cannot be run any more because of it
   * @param repaired whether it is so no longer
   */
  public record Finding(
      Kind kind, String subject, String message, List<ImageId> images, boolean repaired) {
    public Finding {
      images = List.copyOf(images);
    }

    @Override
    public String toString() {
      return message + (repaired ? " (repaired)" : "");
    }
  }

  /** Whether nothing is wrong, or nothing any more. */
  public boolean clean() {
    return findings.stream().allMatch(Finding::repaired);
  }

  /** For people: a line for each finding, and one that counts. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    findings.forEach(finding -> text.append(finding).append('\n'));
    long repaired = findings.stream().filter(Finding::repaired).count();
    return text.append(images)
        .append(" images, ")
        .append(layers)
        .append(" layers, ")
        .append(blobs)
        .append(" blobs, ")
        .append(read)
        .append(" read: ")
        .append(findings.isEmpty() ? "all is well" : findings.size() + " findings")
        .append(repaired > 0 ? ", " + repaired + " repaired" : "")
        .toString();
  }
}
