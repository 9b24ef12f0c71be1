package io.jollyboat.store;

import io.jollyboat.SaveSpec.Format;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Index;
import io.jollyboat.oci.LegacyArchive;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.SavedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The documents that say what images an archive holds. Not safe for use by several threads. */
final class ArchiveListing {
  private static final byte[] LAYOUT =
      "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.US_ASCII);

  private final Format format;
  private final List<Entry> entries = new ArrayList<>();

  ArchiveListing(Format format) {
    this.format = format;
  }

  private record Entry(Descriptor descriptor, Manifest manifest, Optional<ImageReference> name) {}

  /**
   * @param descriptor of the manifest, or of the index that it is one of
   */
  void add(Descriptor descriptor, Manifest manifest, Optional<ImageReference> name) {
    entries.add(new Entry(descriptor, manifest, name));
  }

  void write(ArchiveSink sink) throws IOException {
    sink.file(OciLayoutReader.LAYOUT, LAYOUT);
    if (format == Format.DOCKER_ARCHIVE) {
      sink.file(DockerArchiveReader.MANIFEST, SavedImage.write(savedImages()));
      sink.file(DockerArchiveReader.REPOSITORIES, LegacyArchive.writeRepositories(tops()));
    }
    sink.file(OciLayoutReader.INDEX, index(sink.index()).bytes());
  }

  private Index index(Optional<Index> before) {
    List<Descriptor> all = new ArrayList<>();
    List<Descriptor> added = entries.stream().map(this::named).toList();
    for (Descriptor old : before.map(Index::manifests).orElse(List.of())) {
      if (added.stream().noneMatch(more -> replaces(more, old))) {
        all.add(old);
      }
    }
    all.addAll(added);
    return Index.of(all);
  }

  private static boolean replaces(Descriptor more, Descriptor old) {
    String name = OciLayoutReader.REF_NAME;
    Map<String, String> names = more.annotations();
    return names.containsKey(name)
        ? names.getOrDefault(name, "").equals(old.annotations().get(name))
        : more.digest().equals(old.digest()) && !old.annotations().containsKey(name);
  }

  /**
   * Skopeo and umoci look for the tag, containerd for the full name. Where two images have one tag,
   * Skopeo would have to be told which: it takes the name in full then.
   */
  private Descriptor named(Entry entry) {
    if (entry.name().isEmpty()) {
      return entry.descriptor();
    }
    ImageReference name = entry.name().get();
    String tag = name.tag().orElse("");
    long same =
        entries.stream()
            .filter(e -> e.name().flatMap(ImageReference::tag).equals(name.tag()))
            .count();
    return entry
        .descriptor()
        .withAnnotation(OciLayoutReader.FULL_NAME, name.canonical())
        .withAnnotation(OciLayoutReader.REF_NAME, same > 1 ? name.canonical() : tag);
  }

  /** Each image once, with all its names. */
  private List<SavedImage> savedImages() {
    Map<Digest, SavedImage> images = new LinkedHashMap<>();
    for (Entry entry : entries) {
      List<ImageReference> names = new ArrayList<>();
      Manifest manifest = entry.manifest();
      Digest id = manifest.config().digest();
      Optional.ofNullable(images.get(id)).ifPresent(known -> names.addAll(known.names()));
      entry.name().ifPresent(names::add);
      List<String> layers = manifest.layers().stream().map(l -> path(l.digest())).toList();
      images.put(id, new SavedImage(path(id), names, layers));
    }
    return List.copyOf(images.values());
  }

  private static String path(Digest blob) {
    return "blobs/" + blob.algorithm() + "/" + blob.hex();
  }

  private Map<ImageReference, String> tops() {
    Map<ImageReference, String> tops = new LinkedHashMap<>();
    for (Entry entry : entries) {
      List<Descriptor> layers = entry.manifest().layers();
      if (entry.name().isPresent() && !layers.isEmpty()) {
        tops.put(entry.name().get(), layers.get(layers.size() - 1).digest().hex());
      }
    }
    return tops;
  }
}
