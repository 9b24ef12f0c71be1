package io.jollyboat.store;

import io.jollyboat.ContentException;
import io.jollyboat.JollyboatException;
import io.jollyboat.StoreException;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.ChainId;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.MediaType;
import io.jollyboat.oci.OciFormatException;
import io.jollyboat.spi.host.FileLocks;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Load, as a list of steps: what is there, its layers, its blobs, images and names at once. */
final class ArchiveLoad {
  private final ImageStore store;
  private final StoreFiles files;
  private final Consumer<ImageConfig> check;

  /**
   * @param check refuses, by an exception, images that may not come in
   */
  ArchiveLoad(ImageStore store, StoreFiles files, Consumer<ImageConfig> check) {
    this.store = store;
    this.files = files;
    this.check = check;
  }

  List<StoredImage> load(Path source) {
    try (Members members = open(source)) {
      return load(members);
    } catch (IOException | OciFormatException e) {
      throw malformed(source.toString(), e);
    }
  }

  List<StoredImage> load(InputStream archive) {
    try (Members members = TarMembers.of(files, archive)) {
      return load(members);
    } catch (IOException | OciFormatException e) {
      throw malformed("of images", e);
    }
  }

  private Members open(Path source) throws IOException {
    if (Files.isDirectory(source)) {
      return new DirectoryMembers(source);
    }
    if (Files.isRegularFile(source)) {
      return TarMembers.of(files, source);
    }
    try (InputStream stream = Files.newInputStream(source)) {
      return TarMembers.of(files, stream);
    }
  }

  private List<StoredImage> load(Members members) throws IOException {
    ArchivedImage.Contents contents = contents(members);
    if (contents.images().isEmpty()) {
      throw new IOException("no image is in it");
    }
    contents.images().forEach(image -> check.accept(image.config()));
    boolean done = false;
    try (FileLocks.Lock lease = store.lease()) {
      for (ArchivedImage image : contents.images()) {
        layers(image);
      }
      for (ArchivedImage.Other other : contents.others()) {
        other(other);
      }
      List<StoredImage> images = new LoadedImages(store.images(), store.blobs()).add(contents);
      done = true;
      return images;
    } finally {
      if (!done) {
        store.images().sweep();
      }
    }
  }

  private static ArchivedImage.Contents contents(Members members) throws IOException {
    ArchiveDocuments documents = new ArchiveDocuments(members);
    if (documents.find(OciLayoutReader.LAYOUT).isPresent()
        && documents.find(OciLayoutReader.INDEX).isPresent()) {
      return new OciLayoutReader(documents).read();
    }
    if (documents.find(DockerArchiveReader.MANIFEST).isPresent()
        || documents.find(DockerArchiveReader.REPOSITORIES).isPresent()) {
      return new DockerArchiveReader(documents).read();
    }
    throw new IOException(
        "it has neither index.json and oci-layout, nor manifest.json, nor repositories: no archive"
            + " of images is without all of them; a root file system is taken in by importing it");
  }

  private void layers(ArchivedImage image) throws IOException {
    List<ChainId> chains = ChainId.ofEach(image.config().diffIds());
    for (int i = 0; i < chains.size(); i++) {
      Optional<ChainId> parent = i == 0 ? Optional.empty() : Optional.of(chains.get(i - 1));
      layer(chains.get(i), parent, image.layers().get(i));
    }
  }

  private void layer(ChainId chain, Optional<ChainId> parent, ArchivedImage.Layer layer)
      throws IOException {
    Optional<Layer> known = store.layers().find(chain);
    if (layer.blob().isEmpty() && known.isPresent()) {
      return;
    }
    Optional<String> type = layerType(layer.content());
    Descriptor blob = layer.blob().isPresent() ? layer.blob().get() : describe(layer, type);
    try (InputStream content = layer.content().open();
        InputStream bytes = type.isPresent() ? content : Compression.bounded(content)) {
      Layer unused = store.layers().receive(parent, layer.diffId(), blob, bytes);
    }
  }

  private static Optional<String> layerType(Members.Member content) throws IOException {
    try (InputStream start = content.open()) {
      return Compression.layerType(start);
    }
  }

  /** What a layer's archive is kept as: itself, or plain where no layer may be compressed so. */
  private static Descriptor describe(ArchivedImage.Layer layer, Optional<String> type)
      throws IOException {
    if (type.filter(MediaType.OCI_LAYER::equals).isPresent()) {
      return Descriptor.of(MediaType.OCI_LAYER, layer.diffId(), layer.content().size());
    }
    try (InputStream content = layer.content().open();
        InputStream bytes = type.isPresent() ? content : Compression.bounded(content)) {
      MeasuredStream measured =
          new MeasuredStream(
              bytes, Digest.sha256Hasher(), OutputStream.nullOutputStream(), count -> {});
      measured.drain();
      return Descriptor.of(type.orElse(MediaType.OCI_LAYER), measured.digest(), measured.count());
    }
  }

  private void other(ArchivedImage.Other other) throws IOException {
    try (InputStream content = other.content().open()) {
      Path unused = store.blobs().put(other.blob().digest(), other.blob().size(), content);
    }
  }

  private static JollyboatException malformed(String what, Exception e) {
    if (e instanceof IOException io && StoreFiles.isInterrupt(io)) {
      return StoreFiles.failure("loading archive " + what, io);
    }
    if (e instanceof FileSystemException refused) {
      return new StoreException("archive " + what + " cannot be read: " + refused, refused);
    }
    String why = e.getMessage() == null ? e.toString() : e.getMessage();
    return new ContentException("archive " + what + ": " + why, e);
  }
}
