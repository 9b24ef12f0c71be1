package io.jollyboat.store;

import io.jollyboat.ImageId;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Index;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.oci.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Images of several platforms under one name, by an index. Safe for use by several threads. */
public final class PlatformImages {
  private final ImageIndex images;
  private final BlobStore blobs;

  PlatformImages(ImageIndex images, BlobStore blobs) {
    this.images = images;
    this.blobs = blobs;
  }

  /** An index and the manifests that it leads to, all of which are there with all their blobs. */
  public record Whole(Index index, List<Manifest> manifests) {
    public Whole {
      manifests = List.copyOf(manifests);
    }
  }

  /** The images that a name stands for, this machine's first; none where there is no such name. */
  public List<StoredImage> of(ImageReference reference) {
    return images.names().platforms(reference).stream()
        .flatMap(id -> images.find(id).stream())
        .toList();
  }

  /**
   * Names images of different platforms as one. Their layers are compressed where they are not yet,
   * since an index holds the digests of manifests. The caller keeps the images meanwhile.
   *
   * @param all at least one
   * @return this machine's, or else the first
   */
  public StoredImage tag(List<ImageReference> names, List<StoredImage> all) {
    StoredImage first = suiting(all);
    if (names.isEmpty()) {
      return first;
    }
    List<Descriptor> manifests = new ArrayList<>();
    for (StoredImage image : all) {
      // Another engine's prune may have taken what had no name.
      StoredImage unusedImage = images.add(image.config(), image.parent(), false);
      Manifest manifest = images.manifestFor(image.id());
      Digest unused = blobs.put(manifest.bytes());
      manifests.add(manifest.descriptor().withPlatform(image.platform()));
    }
    Digest index = blobs.put(Index.of(manifests).bytes());
    List<ImageId> ids = all.stream().map(StoredImage::id).toList();
    images.addNamed(all, known -> names.forEach(name -> known.put(name, first.id(), index, ids)));
    return images.find(first.id()).orElse(first);
  }

  private static StoredImage suiting(List<StoredImage> all) {
    Platform machine = Platform.current();
    return all.stream()
        .filter(image -> image.platform().runsOn(machine))
        .min((a, b) -> Platform.bestFor(machine).compare(a.platform(), b.platform()))
        .orElseGet(() -> all.get(0));
  }

  /** What a name stands for that has several platforms, when nothing of it is missing. */
  public Optional<Whole> whole(ImageReference reference) {
    Optional<Digest> digest = images.names().index(reference).filter(this::isThere);
    if (digest.isEmpty()) {
      return Optional.empty();
    }
    Index index = Index.parse(blobs.read(digest.get()));
    List<Manifest> manifests = new ArrayList<>();
    for (Descriptor inner : index.manifests()) {
      if (!MediaType.isManifest(inner.mediaType()) || !isThere(inner.digest())) {
        return Optional.empty(); // a part is missing, or an index in an index
      }
      Manifest manifest = Manifest.parse(blobs.read(inner.digest()));
      if (!isThere(manifest.config().digest()) || !manifest.layers().stream().allMatch(this::has)) {
        return Optional.empty();
      }
      manifests.add(manifest);
    }
    return Optional.of(new Whole(index, manifests));
  }

  private boolean has(Descriptor layer) {
    return MediaType.isForeignLayer(layer.mediaType()) || isThere(layer.digest());
  }

  private boolean isThere(Digest blob) {
    return blobs.find(blob).isPresent();
  }

  /** Remembers that all of a name was pushed. */
  public void addPushed(ImageReference reference, Digest index) {
    images.changeNames(
        names -> {
          Optional<ImageId> id = names.find(reference);
          if (id.isPresent() && names.index(reference).filter(index::equals).isPresent()) {
            names.put(reference.withDigest(index), id.get(), index, names.platforms(reference));
          }
        });
  }
}
