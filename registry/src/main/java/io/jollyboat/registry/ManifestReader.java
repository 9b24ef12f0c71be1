package io.jollyboat.registry;

import io.jollyboat.ContentException;
import io.jollyboat.ImageNotFoundException;
import io.jollyboat.RegistryException;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Index;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.oci.OciFormatException;
import io.jollyboat.oci.Platform;
import io.jollyboat.spi.Registry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * From a reference to the one manifest and configuration that suit a platform, whatever lies
 * between. Everything is checked against its descriptor. Safe for use by several threads.
 */
public final class ManifestReader {
  private static final int MAX_DOCUMENT = 8 * 1024 * 1024;
  private static final int MAX_NESTED_INDEXES = 3;

  private final Registry registry;

  public ManifestReader(Registry registry) {
    this.registry = registry;
  }

  /**
   * What a reference led to.
   *
   * @param named what the reference itself names: the manifest, or the outermost index
   * @param index that index, if there is one
   */
  public record Found(Descriptor named, Optional<Index> index, Manifest manifest) {}

  /**
   * The manifest for a platform; empty when the registry has no such image.
   *
   * @throws ImageNotFoundException when it has the image, but not for this platform
   * @throws ContentException when what came is not what was named, or malformed
   */
  public Optional<Found> find(ImageReference reference, Platform platform) {
    return registry.resolve(reference).map(named -> select(reference, named, platform));
  }

  private Found select(ImageReference reference, Descriptor named, Platform platform) {
    Descriptor current = named;
    Optional<Index> outermost = Optional.empty();
    for (int depth = 0; MediaType.isIndex(current.mediaType()); depth++) {
      if (depth == MAX_NESTED_INDEXES) {
        throw malformed(current, "too many indexes within indexes", null);
      }
      Index index = document(reference, current, Index::parse);
      outermost = outermost.or(() -> Optional.of(index));
      current = index.select(platform).orElseThrow(() -> noPlatform(reference, index, platform));
    }
    refuseOthers(reference, current);
    return new Found(named, outermost, document(reference, current, Manifest::parse));
  }

  private static void refuseOthers(ImageReference reference, Descriptor descriptor) {
    if (MediaType.isSchema1(descriptor.mediaType())) {
      throw malformed(
          descriptor,
          reference
              + " is of Docker's schema 1, which was given up in 2017;"
              + " push it again with a tool of today",
          null);
    }
    if (!MediaType.isManifest(descriptor.mediaType())) {
      throw malformed(descriptor, reference + " is no image but " + descriptor.mediaType(), null);
    }
  }

  private static ImageNotFoundException noPlatform(
      ImageReference reference, Index index, Platform platform) {
    List<String> platforms = index.platforms().stream().map(Platform::toString).toList();
    return new ImageNotFoundException(
        reference
            + " is not there for "
            + platform
            + ", only for "
            + String.join(", ", platforms)
            + "; name one of these platforms or build the image for yours",
        reference.toString());
  }

  private <T> T document(
      ImageReference reference, Descriptor descriptor, Function<byte[], T> parser) {
    return parse(descriptor, document(registry, reference, descriptor), parser);
  }

  /**
   * The bytes of a manifest or index, checked against their descriptor.
   *
   * @throws ContentException when they are others, or too many
   */
  public static byte[] document(
      Registry registry, ImageReference repository, Descriptor descriptor) {
    checkSize(descriptor);
    byte[] bytes = registry.manifest(repository, descriptor);
    return verified(new ByteArrayInputStream(bytes), descriptor);
  }

  /** The configuration that a manifest names. */
  public ImageConfig config(ImageReference reference, Manifest manifest) {
    Descriptor descriptor = manifest.config();
    if (!MediaType.isConfig(descriptor.mediaType())) {
      throw malformed(
          descriptor,
          reference + " is no container image: its configuration is " + descriptor.mediaType(),
          null);
    }
    checkSize(descriptor);
    byte[] bytes = verified(registry.blob(reference, descriptor, 0), descriptor);
    return parse(descriptor, bytes, ImageConfig::parse);
  }

  private static void checkSize(Descriptor descriptor) {
    if (descriptor.size() > MAX_DOCUMENT) {
      throw malformed(
          descriptor,
          "it has " + descriptor.size() + " bytes, more than the limit of " + MAX_DOCUMENT,
          null);
    }
  }

  private static byte[] verified(InputStream content, Descriptor descriptor) {
    try (InputStream in = new VerifiedStream(content, descriptor)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new RegistryException(
          descriptor.digest() + " cannot be read: " + e.getMessage(),
          0,
          List.of(),
          Optional.empty(),
          e);
    }
  }

  private static <T> T parse(Descriptor descriptor, byte[] bytes, Function<byte[], T> parser) {
    try {
      return parser.apply(bytes);
    } catch (OciFormatException e) {
      throw malformed(descriptor, String.valueOf(e.getMessage()), e);
    }
  }

  private static ContentException malformed(
      Descriptor descriptor, String why, @Nullable Throwable cause) {
    return new ContentException(
        "content " + descriptor.digest() + " cannot be used: " + why, descriptor.digest(), cause);
  }
}
