package io.jollyboat.store;

import io.jollyboat.ImageId;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.LegacyArchive;
import io.jollyboat.oci.SavedImage;
import io.jollyboat.store.ArchivedImage.Named;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds the images of an archive of Docker's own forms: {@code manifest.json}, and before version
 * 1.10 {@code repositories} alone. Not safe for use by several threads.
 */
final class DockerArchiveReader {
  static final String MANIFEST = "manifest.json";
  static final String REPOSITORIES = "repositories";

  private static final Pattern BY_DIGEST = Pattern.compile("([0-9a-f]{64})(?:\\.json)?");

  private final ArchiveDocuments documents;
  private final Map<ImageId, ArchivedImage> images = new LinkedHashMap<>();
  private final Map<String, Digest> diffIds = new HashMap<>();
  private final List<Named> names = new ArrayList<>();

  DockerArchiveReader(ArchiveDocuments documents) {
    this.documents = documents;
  }

  ArchivedImage.Contents read() throws IOException {
    Optional<Members.Member> manifest = documents.find(MANIFEST);
    if (manifest.isPresent()) {
      for (SavedImage saved : SavedImage.parse(documents.read(manifest.get()))) {
        image(saved);
      }
    } else {
      byte[] repositories = documents.read(documents.required(REPOSITORIES));
      for (var name : LegacyArchive.repositories(repositories).entrySet()) {
        legacyImage(Optional.of(name.getKey()), name.getValue());
      }
    }
    return new ArchivedImage.Contents(List.copyOf(images.values()), names, List.of());
  }

  private void image(SavedImage saved) throws IOException {
    ImageConfig config = config(documents.required(saved.config()));
    ArchiveDocuments.checkLayers(config, saved.layers());
    List<ArchivedImage.Layer> layers = new ArrayList<>();
    for (int i = 0; i < saved.layers().size(); i++) {
      Members.Member member = documents.required(saved.layers().get(i));
      layers.add(new ArchivedImage.Layer(member, config.diffIds().get(i), Optional.empty()));
    }
    ArchivedImage image = add(config, layers);
    if (saved.names().isEmpty()) {
      names.add(new Named(Optional.empty(), Optional.empty(), List.of(image)));
    }
    saved.names().forEach(name -> addName(Optional.of(name), image));
  }

  /** Its name says its digest, in every version that writes this form. */
  private ImageConfig config(Members.Member member) throws IOException {
    var name = BY_DIGEST.matcher(member.name().substring(member.name().lastIndexOf('/') + 1));
    return ImageConfig.parse(
        name.matches()
            ? documents.read(member, Digest.ofSha256(name.group(1)))
            : documents.read(member));
  }

  private ArchivedImage add(ImageConfig config, List<ArchivedImage.Layer> layers) {
    ArchivedImage image = new ArchivedImage(config, Optional.empty(), layers);
    ArchivedImage first = images.putIfAbsent(image.id(), image);
    return first == null ? image : first;
  }

  private void addName(Optional<ImageReference> name, ArchivedImage image) {
    names.add(new Named(name, Optional.empty(), List.of(image)));
  }

  private void legacyImage(Optional<ImageReference> name, String top) throws IOException {
    List<byte[]> layerDocuments = new ArrayList<>();
    List<ArchivedImage.Layer> layers = new ArrayList<>();
    for (String id : chain(top)) {
      layerDocuments.add(0, documents.read(documents.required(id + "/json")));
      Members.Member archive = documents.required(id + "/layer.tar");
      layers.add(0, new ArchivedImage.Layer(archive, diffId(archive), Optional.empty()));
    }
    List<Digest> digests = layers.stream().map(ArchivedImage.Layer::diffId).toList();
    addName(name, add(LegacyArchive.config(layerDocuments, digests), layers));
  }

  /** The ids of an image's layers, the uppermost first. */
  private Set<String> chain(String top) throws IOException {
    Set<String> chain = new LinkedHashSet<>();
    Optional<String> next = Optional.of(top);
    while (next.isPresent()) {
      if (!chain.add(next.get())) {
        throw new IOException("layer " + next.get() + " lies on itself");
      }
      if (chain.size() > ArchiveDocuments.MOST_LAYERS) {
        throw new IOException("layer " + top + " lies on too many others");
      }
      next = LegacyArchive.parent(documents.read(documents.required(next.get() + "/json")));
    }
    return chain;
  }

  private Digest diffId(Members.Member archive) throws IOException {
    Digest known = diffIds.get(archive.name());
    if (known != null) {
      return known;
    }
    try (InputStream content = archive.open()) {
      MeasuredStream plain =
          new MeasuredStream(
              Compression.bounded(content),
              Digest.sha256Hasher(),
              OutputStream.nullOutputStream(),
              count -> StoreFiles.checkInterrupt("reading an archive of images"));
      plain.drain();
      Digest digest = plain.digest();
      diffIds.put(archive.name(), digest);
      return digest;
    }
  }
}
