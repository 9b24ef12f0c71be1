package io.jollyboat.store;

import io.jollyboat.Size;
import io.jollyboat.oci.ChainId;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The file {@code layer} beside a layer's tree. */
final class LayerRecord {
  static final String FILE = "layer";
  static final String TREE = "diff";

  private LayerRecord() {}

  static byte[] write(Layer layer) {
    RecordText record =
        new RecordText()
            .add("diff", layer.diffId().toString())
            .add("parent", layer.parent())
            .add("size", Long.toString(layer.size().bytes()))
            .add("tar", Integer.toString(LayerTar.VERSION));
    for (Descriptor blob : layer.blobs()) {
      record = record.add("blob", writeBlob(blob));
    }
    return record.bytes();
  }

  static Layer read(ChainId chainId, Path directory, byte[] content) {
    RecordText record = RecordText.parse(content);
    return new Layer(
        chainId,
        Digest.parse(record.required("diff")),
        record.first("parent").map(Digest::parse).map(ChainId::new),
        directory.resolve(TREE),
        new Size(Long.parseLong(record.required("size"))),
        record.all("blob").stream().map(LayerRecord::readBlob).toList());
  }

  /** Media type, digest and size, then the addresses of a layer that registries do not keep. */
  private static String writeBlob(Descriptor blob) {
    String text = blob.mediaType() + " " + blob.digest() + " " + blob.size();
    return blob.urls().isEmpty() ? text : text + " " + String.join(" ", blob.urls());
  }

  private static Descriptor readBlob(String text) {
    List<String> words = List.of(text.split(" "));
    Descriptor blob =
        Descriptor.of(words.get(0), Digest.parse(words.get(1)), Long.parseLong(words.get(2)));
    return words.size() > 3 ? blob.withUrls(words.subList(3, words.size())) : blob;
  }

  /** The layer with one more blob, first in the list. */
  static Layer with(Layer layer, Descriptor blob) {
    List<Descriptor> blobs =
        Stream.concat(
                Stream.of(blob),
                layer.blobs().stream().filter(known -> !known.digest().equals(blob.digest())))
            .toList();
    return new Layer(
        layer.chainId(), layer.diffId(), layer.parent(), layer.tree(), layer.size(), blobs);
  }

  static ChainId chainId(Optional<ChainId> parent, Digest diffId) {
    return parent.map(below -> below.with(diffId)).orElseGet(() -> new ChainId(diffId));
  }
}
