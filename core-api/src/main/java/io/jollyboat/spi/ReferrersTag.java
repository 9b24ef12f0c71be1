package io.jollyboat.spi;

import io.jollyboat.ContentException;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Index;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.oci.OciFormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Referrers where a registry does not keep track of them: an index under a tag that the subject's
 * digest names, such as {@code sha256-9f86d0…}: OCI distribution-spec 1.1, "Referrers Tag Schema".
 * Two that attach to one subject at the same instant may lose one of the entries, as the schema has
 * it.
 */
public final class ReferrersTag {
  private static final int MOST_ALGORITHM = 32;
  private static final int MOST_ENCODED = 64;

  private ReferrersTag() {}

  /**
   * The reference of the index that lists what refers to a subject.
   *
   * @param subject with a digest
   */
  public static ImageReference of(ImageReference subject) {
    Digest digest =
        subject
            .digest()
            .orElseThrow(
                () -> new IllegalArgumentException(subject + " has no digest to be referred to"));
    return subject.withTag(
        cut(digest.algorithm(), MOST_ALGORITHM) + "-" + cut(digest.hex(), MOST_ENCODED));
  }

  private static String cut(String text, int most) {
    return text.substring(0, Math.min(text.length(), most));
  }

  /** What that index lists; nothing where there is none. */
  public static List<Descriptor> list(Registry registry, ImageReference subject) {
    return index(registry, of(subject)).map(Index::manifests).orElse(List.of());
  }

  private static Optional<Index> index(Registry registry, ImageReference tag) {
    return registry
        .resolve(tag)
        .filter(found -> MediaType.isIndex(found.mediaType()))
        .map(found -> parse(tag, found, registry.manifest(tag, found)));
  }

  private static Index parse(ImageReference tag, Descriptor found, byte[] document) {
    try {
      return Index.parse(document);
    } catch (OciFormatException e) {
      throw new ContentException(
          tag + " lists no referrers: " + e.getMessage() + "; delete that tag", found.digest(), e);
    }
  }

  /**
   * Adds a manifest to the index of its subject, unless it is in it.
   *
   * @param repository where subject and referrer are
   */
  public static void add(Registry registry, ImageReference repository, Manifest referrer) {
    Descriptor subject =
        referrer
            .subject()
            .orElseThrow(
                () -> new IllegalArgumentException(referrer + " refers to nothing: no subject"));
    ImageReference tag = of(repository.withDigest(subject.digest()));
    List<Descriptor> all =
        new ArrayList<>(index(registry, tag).map(Index::manifests).orElse(List.of()));
    if (all.stream().anyMatch(known -> known.digest().equals(referrer.digest()))) {
      return;
    }
    all.add(descriptor(referrer));
    Index index = Index.of(all);
    Digest unused = registry.pushManifest(tag, index.mediaType(), index.bytes());
  }

  /** How a list of referrers names a manifest: with its artifact type and its annotations. */
  public static Descriptor descriptor(Manifest referrer) {
    Descriptor descriptor =
        referrer
            .descriptor()
            .withArtifactType(referrer.artifactType().orElse(referrer.config().mediaType()));
    for (Map.Entry<String, String> entry : referrer.annotations().entrySet()) {
      descriptor = descriptor.withAnnotation(entry.getKey(), entry.getValue());
    }
    return descriptor;
  }
}
