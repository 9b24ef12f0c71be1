package io.jollyboat.store;

import io.jollyboat.ImageId;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Index;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.oci.OciFormatException;
import io.jollyboat.oci.SavedImage;
import io.jollyboat.store.ArchivedImage.Named;
import io.jollyboat.store.ArchivedImage.Other;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the images of an OCI layout: OCI image-spec, "Image Layout". Of an index below the
 * uppermost one, manifests may be missing, as archives of some platforms have it. Not safe for use
 * by several threads.
 */
final class OciLayoutReader {
  static final String INDEX = "index.json";
  static final String LAYOUT = "oci-layout";

  static final String FULL_NAME = "io.containerd.image.name";
  static final String REF_NAME = "org.opencontainers.image.ref.name";
  private static final int DEEPEST = 8;
  private static final int MOST_DOCUMENTS = 10_000;

  private final ArchiveDocuments documents;
  private final Map<Digest, Found> seen = new HashMap<>();
  private final Map<ImageId, ArchivedImage> images = new LinkedHashMap<>();
  private final List<Named> names = new ArrayList<>();
  private final Map<Digest, Other> others = new LinkedHashMap<>();

  OciLayoutReader(ArchiveDocuments documents) {
    this.documents = documents;
  }

  ArchivedImage.Contents read() throws IOException {
    Index top = Index.parse(documents.read(documents.required(INDEX)));
    for (Descriptor entry : top.manifests()) {
      entry(entry);
    }
    addNamesOfDocker();
    return new ArchivedImage.Contents(
        List.copyOf(images.values()), names, List.copyOf(others.values()));
  }

  private void entry(Descriptor entry) throws IOException {
    Found found = find(entry, 0);
    if (found.images().isEmpty()) {
      if (documents.find(entry).isEmpty() || MediaType.isIndex(entry.mediaType())) {
        throw new IOException("nothing is there of " + entry.digest() + ", which index.json names");
      }
      return;
    }
    Optional<Digest> index =
        MediaType.isIndex(entry.mediaType()) ? Optional.of(entry.digest()) : Optional.empty();
    names.add(new Named(name(entry), index, found.images()));
  }

  /**
   * What a document leads to.
   *
   * @param mediaType that it was named with
   * @param height how many indexes lie over one another in it
   */
  private record Found(String mediaType, List<ArchivedImage> images, int height) {
    Found {
      images = List.copyOf(images);
    }
  }

  /**
   * What is complete of a manifest or an index. What was looked at before is not looked at again,
   * however often it is named, and an image counts once.
   */
  private Found find(Descriptor entry, int depth) throws IOException {
    Found known = seen.get(entry.digest());
    if (known != null) {
      if (!known.mediaType().equals(entry.mediaType())) {
        throw new IOException(
            entry.digest() + " is named as " + known.mediaType() + " and " + entry.mediaType());
      }
      return known;
    }
    if (depth > DEEPEST) {
      throw new IOException("indexes lie more than " + DEEPEST + " deep");
    }
    if (seen.size() >= MOST_DOCUMENTS) {
      throw new IOException("more than " + MOST_DOCUMENTS + " manifests and indexes");
    }
    seen.put(entry.digest(), new Found(entry.mediaType(), List.of(), 0));
    Found found = new Found(entry.mediaType(), List.of(), 0);
    if (documents.find(entry).isPresent()) {
      if (MediaType.isIndex(entry.mediaType())) {
        found = index(entry, depth);
      } else if (MediaType.isManifest(entry.mediaType())) {
        found = new Found(entry.mediaType(), image(entry, depth > 0).stream().toList(), 0);
      }
    }
    seen.put(entry.digest(), found);
    return found;
  }

  private Found index(Descriptor entry, int depth) throws IOException {
    Set<ArchivedImage> all = new LinkedHashSet<>();
    int height = 0;
    for (Descriptor inner : Index.parse(read(entry)).manifests()) {
      Found found = find(inner, depth + 1);
      all.addAll(found.images());
      height = Math.max(height, found.height() + 1);
    }
    if (height > DEEPEST) {
      throw new IOException("indexes lie more than " + DEEPEST + " deep");
    }
    keep(entry);
    return new Found(entry.mediaType(), List.copyOf(all), height);
  }

  private byte[] read(Descriptor blob) throws IOException {
    return documents.read(required(blob), blob.digest());
  }

  private Members.Member required(Descriptor blob) throws IOException {
    return documents
        .find(blob)
        .orElseThrow(() -> new IOException("blob " + blob.digest() + " is missing"));
  }

  private void keep(Descriptor blob) throws IOException {
    Optional<Members.Member> member = documents.find(blob);
    if (member.isPresent()) {
      others.put(blob.digest(), new Other(blob, member.get()));
    }
  }

  /** Empty when it is no image, or is one of several platforms and not all there. */
  private Optional<ArchivedImage> image(Descriptor entry, boolean mayLack) throws IOException {
    Manifest manifest = Manifest.parse(read(entry));
    if (!MediaType.isConfig(manifest.config().mediaType()) || Index.isAttestation(entry)) {
      keep(entry);
      keep(manifest.config());
      for (Descriptor layer : manifest.layers()) {
        keep(layer);
      }
      return Optional.empty();
    }
    if (mayLack && !isComplete(manifest)) {
      return Optional.empty();
    }
    ImageConfig config = ImageConfig.parse(read(manifest.config()));
    ArchiveDocuments.checkLayers(config, manifest.layers());
    List<ArchivedImage.Layer> layers = new ArrayList<>();
    for (int i = 0; i < manifest.layers().size(); i++) {
      Descriptor layer = manifest.layers().get(i);
      layers.add(
          new ArchivedImage.Layer(required(layer), config.diffIds().get(i), Optional.of(layer)));
    }
    ArchivedImage image = new ArchivedImage(config, Optional.of(manifest), layers);
    ArchivedImage first = images.putIfAbsent(image.id(), image);
    return Optional.of(first == null ? image : first);
  }

  private boolean isComplete(Manifest manifest) throws IOException {
    for (Descriptor layer : manifest.layers()) {
      if (documents.find(layer).isEmpty()) {
        return false;
      }
    }
    return documents.find(manifest.config()).isPresent();
  }

  /** A full name; a tag alone, as Skopeo and umoci write it, names nothing outside the layout. */
  private static Optional<ImageReference> name(Descriptor entry) {
    Map<String, String> annotations = entry.annotations();
    String name = annotations.getOrDefault(FULL_NAME, annotations.getOrDefault(REF_NAME, ""));
    if (name.indexOf('/') < 0 && name.indexOf(':') < 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(ImageReference.parse(name)).filter(parsed -> parsed.digest().isEmpty());
    } catch (OciFormatException e) {
      return Optional.empty(); // what others annotate is no mistake of the archive
    }
  }

  /** Archives that are of both forms may have names in the other one only. */
  private void addNamesOfDocker() throws IOException {
    Optional<Members.Member> manifest = documents.find(DockerArchiveReader.MANIFEST);
    if (manifest.isEmpty()) {
      return;
    }
    for (SavedImage saved : SavedImage.parse(documents.read(manifest.get()))) {
      String hex = saved.config().substring(saved.config().lastIndexOf('/') + 1);
      for (ArchivedImage image : images.values()) {
        if (image.id().digest().hex().equals(hex.replace(".json", ""))) {
          saved.names().forEach(name -> addName(name, image));
        }
      }
    }
  }

  private void addName(ImageReference name, ArchivedImage image) {
    if (names.stream().noneMatch(named -> named.name().filter(name::equals).isPresent())) {
      names.removeIf(named -> named.name().isEmpty() && named.images().equals(List.of(image)));
      names.add(new Named(Optional.of(name), Optional.empty(), List.of(image)));
    }
  }
}
