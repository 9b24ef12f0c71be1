package io.jollyboat.store;

import io.jollyboat.ImageId;
import io.jollyboat.Size;
import io.jollyboat.oci.Digest;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The file of one image: what its configuration does not say.
 *
 * @param step made by a build, and not its last step
 * @param pinned kept whatever happens to its names
 * @param manifests digests of manifests that it was received or pushed with, the newest first
 * @param annotations of the manifest that is made for it
 * @param provenance the blob that says how it was built
 * @param added when it came into the store
 */
record ImageRecord(
    Optional<ImageId> parent,
    boolean step,
    boolean pinned,
    Size size,
    List<Digest> manifests,
    SortedMap<String, String> annotations,
    Optional<Digest> provenance,
    Instant added) {
  ImageRecord {
    manifests = List.copyOf(manifests);
    annotations = Collections.unmodifiableSortedMap(new TreeMap<>(annotations));
  }

  static ImageRecord parse(byte[] content) {
    RecordText record = RecordText.parse(content);
    return new ImageRecord(
        record.first("parent").map(Digest::parse).map(ImageId::new),
        record.first("step").isPresent(),
        record.first("pinned").isPresent(),
        new Size(Long.parseLong(record.required("size"))),
        record.all("manifest").stream().map(Digest::parse).toList(),
        annotations(record),
        record.first("provenance").map(Digest::parse),
        Instant.parse(record.required("added")));
  }

  /** One that comes into the store now. */
  static ImageRecord of(Optional<ImageId> parent, boolean step, Size size) {
    return new ImageRecord(
        parent, step, false, size, List.of(), new TreeMap<>(), Optional.empty(), Instant.now());
  }

  private static SortedMap<String, String> annotations(RecordText record) {
    SortedMap<String, String> annotations = new TreeMap<>();
    for (String line : record.all("annotation")) {
      int end = line.indexOf('=');
      annotations.put(line.substring(0, end), line.substring(end + 1));
    }
    return annotations;
  }

  /** Manifests with earlier annotations are no longer the image's. */
  ImageRecord withAnnotations(Map<String, String> wanted) {
    List<Digest> kept = annotations.isEmpty() ? manifests : List.of();
    return new ImageRecord(
        parent, step, pinned, size, kept, new TreeMap<>(wanted), provenance, added);
  }

  byte[] bytes() {
    RecordText record =
        new RecordText()
            .add("parent", parent)
            .add("step", step ? Optional.of("yes") : Optional.empty())
            .add("pinned", pinned ? Optional.of("yes") : Optional.empty())
            .add("size", Long.toString(size.bytes()));
    manifests.forEach(manifest -> record.add("manifest", manifest.toString()));
    annotations.forEach((name, value) -> record.add("annotation", name + "=" + value));
    record.add("provenance", provenance);
    return record.add("added", added.toString()).bytes();
  }

  ImageRecord withStep(boolean value) {
    return new ImageRecord(parent, value, pinned, size, manifests, annotations, provenance, added);
  }

  ImageRecord withPinned(boolean value) {
    return new ImageRecord(parent, step, value, size, manifests, annotations, provenance, added);
  }

  ImageRecord withManifest(Digest manifest) {
    List<Digest> all =
        Stream.concat(Stream.of(manifest), manifests.stream().filter(d -> !d.equals(manifest)))
            .toList();
    return new ImageRecord(parent, step, pinned, size, all, annotations, provenance, added);
  }

  ImageRecord withProvenance(Digest statement) {
    return new ImageRecord(
        parent, step, pinned, size, manifests, annotations, Optional.of(statement), added);
  }

  ImageRecord withoutManifest(Digest manifest) {
    List<Digest> left = manifests.stream().filter(digest -> !digest.equals(manifest)).toList();
    return new ImageRecord(parent, step, pinned, size, left, annotations, provenance, added);
  }
}
