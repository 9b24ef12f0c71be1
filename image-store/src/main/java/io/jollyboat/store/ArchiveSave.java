package io.jollyboat.store;

import io.jollyboat.ImageId;
import io.jollyboat.ImageNotFoundException;
import io.jollyboat.SaveSpec;
import io.jollyboat.SaveSpec.Compression;
import io.jollyboat.SaveSpec.Format;
import io.jollyboat.StoreException;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Index;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.spi.host.FileLocks;
import java.io.ByteArrayInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Save, as a list of steps: blobs of each image, then the documents that list them. */
final class ArchiveSave {
  private final ImageStore store;
  private final StoreFiles files;
  private final SaveSpec spec;
  private final ArchiveSink sink;
  private final Map<ImageId, Manifest> manifests = new LinkedHashMap<>();
  private final Set<Digest> listed = new HashSet<>();
  private final ArchiveListing listing;

  ArchiveSave(ImageStore store, StoreFiles files, SaveSpec spec, ArchiveSink sink) {
    this.store = store;
    this.files = files;
    this.spec = spec;
    this.sink = sink;
    this.listing = new ArchiveListing(spec.format());
  }

  /** What is to be saved: a name, and the index that it stands for; or an image alone. */
  record Target(ImageId id, Optional<ImageReference> name, Optional<Digest> index) {}

  /**
   * @throws ImageNotFoundException when the store lacks one
   */
  static Set<Target> targets(ImageIndex images, List<String> namesOrIds) {
    Set<Target> targets = new LinkedHashSet<>();
    for (String asked : namesOrIds) {
      targets.add(
          images
              .target(asked)
              .orElseThrow(
                  () ->
                      new ImageNotFoundException(
                          "the store has no image \"" + asked + "\"", asked)));
    }
    return targets;
  }

  void save(Set<Target> targets) throws IOException {
    try (FileLocks.Lock lease = store.lease()) {
      for (Target target : targets) {
        image(target);
      }
      listing.write(sink);
      sink.finish();
    }
  }

  private void image(Target target) throws IOException {
    Manifest manifest = manifest(target.id());
    Optional<Index> index = target.index().flatMap(this::index);
    if (index.isPresent()) {
      platforms(index.get());
    }
    ImageConfig config = store.images().config(target.id());
    Descriptor entry =
        index
            .map(Index::descriptor)
            .orElseGet(() -> manifest.descriptor().withPlatform(config.platform()));
    listing.add(entry, manifest, target.name());
  }

  /** Kept only as it is: a manifest that changes would change it. */
  private Optional<Index> index(Digest digest) {
    boolean kept =
        spec.compression() == Compression.AS_STORED && store.blobs().find(digest).isPresent();
    return kept ? Optional.of(Index.parse(store.blobs().read(digest))) : Optional.empty();
  }

  private Manifest manifest(ImageId id) throws IOException {
    Manifest known = manifests.get(id);
    if (known != null) {
      return known;
    }
    Manifest manifest =
        spec.compression() == Compression.AS_STORED ? storedManifest(id) : encodedManifest(id);
    document(store.images().config(id).descriptor(), store.images().config(id).bytes());
    document(manifest.descriptor(), manifest.bytes());
    manifests.put(id, manifest);
    return manifest;
  }

  private Manifest storedManifest(ImageId id) throws IOException {
    Manifest manifest = store.images().manifestFor(id);
    for (Descriptor layer : manifest.layers()) {
      stored(layer);
    }
    boolean docker = !manifest.mediaType().equals(MediaType.OCI_MANIFEST);
    if (docker && spec.format() != Format.DOCKER_ARCHIVE) {
      List<Descriptor> layers = manifest.layers().stream().map(ManifestTypes::toOci).toList();
      return Manifest.of(store.images().config(id).descriptor(), layers);
    }
    return manifest;
  }

  private void stored(Descriptor blob) throws IOException {
    if (sink.contains(blob.digest())) {
      return;
    }
    Path file =
        store
            .blobs()
            .find(blob.digest())
            .orElseThrow(() -> new StoreException("the store lacks blob " + blob.digest(), null));
    try (InputStream content = Files.newInputStream(file)) {
      sink.blob(blob, content);
    }
  }

  private void document(Descriptor blob, byte[] content) throws IOException {
    sink.blob(blob, new ByteArrayInputStream(content));
  }

  private Manifest encodedManifest(ImageId id) throws IOException {
    ImageConfig config = store.images().config(id);
    List<Descriptor> blobs = new ArrayList<>();
    for (Layer layer : store.layers().chain(config.diffIds())) {
      blobs.add(encoded(layer));
    }
    return Manifest.builder(config.descriptor())
        .layers(blobs)
        .annotations(store.facts().annotations(id))
        .build();
  }

  /** A tar's header needs the size before the content, so the content goes to a file first. */
  private Descriptor encoded(Layer layer) throws IOException {
    String type = LayerCompression.mediaType(spec.compression());
    for (Descriptor blob : layer.blobs()) {
      if (ManifestTypes.toOci(blob).mediaType().equals(type)
          && store.blobs().find(blob.digest()).isPresent()) {
        stored(blob);
        return ManifestTypes.toOci(blob);
      }
    }
    Path file = files.newTemporary();
    MessageDigest hasher = Digest.sha256Hasher();
    try {
      try (DigestOutputStream out =
          new DigestOutputStream(new FileOutputStream(file.toFile()), hasher)) {
        LayerCompression.write(store.layers().content(), layer, spec.compression(), out);
      }
      Descriptor blob = Descriptor.of(type, Digest.of(hasher), Files.size(file));
      try (InputStream content = Files.newInputStream(file)) {
        sink.blob(blob, content);
      }
      return blob;
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** What is there of an index: whole images, and what is said of them. */
  private void platforms(Index index) throws IOException {
    for (Descriptor inner : index.manifests()) {
      // Strangers' indexes may name one document any number of times.
      if (store.blobs().find(inner.digest()).isEmpty() || !listed.add(inner.digest())) {
        continue;
      }
      if (MediaType.isIndex(inner.mediaType())) {
        platforms(Index.parse(store.blobs().read(inner.digest())));
      } else if (MediaType.isManifest(inner.mediaType())) {
        platform(Manifest.parse(store.blobs().read(inner.digest())));
      }
    }
    document(index.descriptor(), index.bytes());
  }

  private void platform(Manifest manifest) throws IOException {
    List<Descriptor> all = new ArrayList<>(manifest.layers());
    all.add(manifest.config());
    if (all.stream().anyMatch(blob -> store.blobs().find(blob.digest()).isEmpty())) {
      return;
    }
    for (Descriptor blob : all) {
      stored(blob);
    }
    document(manifest.descriptor(), manifest.bytes());
  }
}
