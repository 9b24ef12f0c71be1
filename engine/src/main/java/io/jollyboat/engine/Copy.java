package io.jollyboat.engine;

import io.jollyboat.ContentException;
import io.jollyboat.Progress;
import io.jollyboat.Progress.Phase;
import io.jollyboat.Pushed;
import io.jollyboat.Size;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Index;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.oci.OciFormatException;
import io.jollyboat.oci.Platform;
import io.jollyboat.registry.ManifestReader;
import io.jollyboat.registry.VerifiedStream;
import io.jollyboat.spi.Registry;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/** A copy between repositories as a list of steps: documents, blobs, documents from the leaves. */
final class Copy {
  private static final int MAX_DOCUMENTS = 1000;
  private static final int MAX_BLOBS = 10_000;

  /** Of all manifests and indexes. */
  private static final long MAX_BYTES = 64 << 20;

  private static final int MAX_NESTED_INDEXES = 3;

  private final Registry source;
  private final Registry destination;
  private final Progress progress;
  private final int atOnce;

  /** Manifests and indexes in the order in which they must be written. */
  private final Map<Digest, Document> documents = new LinkedHashMap<>();

  private final Map<Digest, Descriptor> blobs = new LinkedHashMap<>();
  private final Set<Digest> open = new HashSet<>();
  private long expected;

  private static final class Document {
    private final Descriptor descriptor;
    private final byte[] bytes;

    Document(Descriptor descriptor, byte[] bytes) {
      this.descriptor = descriptor;
      this.bytes = bytes;
    }
  }

  /**
   * @param atOnce how many blobs move at the same time, at most
   */
  Copy(Registry source, Registry destination, Progress progress, int atOnce) {
    this.source = source;
    this.destination = destination;
    this.progress = new SerialProgress(progress);
    this.atOnce = atOnce;
  }

  Pushed copy(ImageReference from, ImageReference to, Optional<Platform> platform) {
    progress.transferStarted(to.toString(), true);
    Descriptor top =
        platform.isPresent()
            ? one(from, platform.get())
            : source.resolve(from).orElseThrow(() -> Pull.notFound(from));
    read(from, top, 0);
    send(from, to);
    write(to, top.digest());
    Size size = new Size(top.size());
    progress.transferFinished(to.toString(), true, top.digest(), size);
    return new Pushed(to, top.digest(), size);
  }

  private Descriptor one(ImageReference from, Platform platform) {
    return new ManifestReader(source)
        .find(from, platform)
        .orElseThrow(() -> Pull.notFound(from))
        .manifest()
        .descriptor();
  }

  /** Reads a document and all that it leads to; what is below another comes first. */
  private void read(ImageReference from, Descriptor descriptor, int depth) {
    if (documents.containsKey(descriptor.digest())) {
      return;
    }
    boolean loop = !open.add(descriptor.digest());
    if (loop || depth > MAX_NESTED_INDEXES || documents.size() >= MAX_DOCUMENTS) {
      throw unusable(descriptor, "too many indexes within indexes, or manifests", null);
    }
    byte[] bytes = ManifestReader.document(source, from, descriptor);
    try {
      if (MediaType.isIndex(descriptor.mediaType())) {
        List<Descriptor> children = Index.parse(bytes).manifests();
        children.forEach(this::expect);
        children.forEach(child -> read(from, child, depth + 1));
      } else {
        addBlobs(Manifest.parse(bytes));
      }
    } catch (OciFormatException e) {
      throw unusable(descriptor, String.valueOf(e.getMessage()), e);
    }
    documents.put(descriptor.digest(), new Document(descriptor, bytes));
  }

  /** Before any is fetched: they are in memory until the last blob is there. */
  private void expect(Descriptor document) {
    expected += document.size();
    if (expected > MAX_BYTES || expected < 0) {
      throw unusable(
          document, "it is one of manifests of more than " + MAX_BYTES + " bytes in all", null);
    }
  }

  private static ContentException unusable(
      Descriptor descriptor, String why, @org.jspecify.annotations.Nullable Throwable cause) {
    return new ContentException(
        "content " + descriptor.digest() + " cannot be copied: " + why, descriptor.digest(), cause);
  }

  private void addBlobs(Manifest manifest) {
    if (blobs.size() > MAX_BLOBS) {
      throw unusable(manifest.config(), "there are more than " + MAX_BLOBS + " blobs", null);
    }
    blobs.put(manifest.config().digest(), manifest.config());
    for (Descriptor layer : manifest.layers()) {
      if (!MediaType.isForeignLayer(layer.mediaType())) {
        blobs.put(layer.digest(), layer);
      }
    }
  }

  private void send(ImageReference from, ImageReference to) {
    TransferMeter meter = new TransferMeter(progress, List.copyOf(blobs.values()));
    List<Callable<Digest>> tasks = new ArrayList<>();
    for (Descriptor blob : blobs.values()) {
      meter.phase(blob, Phase.WAITING);
      tasks.add(() -> send(from, to, blob, meter));
    }
    Parallel.run("copy of " + from, atOnce, tasks);
  }

  private Digest send(
      ImageReference from, ImageReference to, Descriptor blob, TransferMeter meter) {
    if (destination.mount(to, to, blob)) {
      meter.skipped(blob, Phase.PRESENT, "");
    } else if (from.registry().equals(to.registry()) && destination.mount(from, to, blob)) {
      meter.skipped(blob, Phase.MOUNTED, from.path());
    } else {
      stream(from, to, blob, meter);
      meter.phase(blob, Phase.DONE);
    }
    return blob.digest();
  }

  private void stream(
      ImageReference from, ImageReference to, Descriptor blob, TransferMeter meter) {
    try (InputStream bytes = new VerifiedStream(new ResumingStream(source, from, blob), blob);
        InputStream counted = meter.counted(blob, Phase.PUSHING, bytes)) {
      destination.pushBlob(to, blob, counted);
    } catch (IOException e) {
      throw unusable(blob, String.valueOf(e.getMessage()), e);
    }
  }

  /** The whole gets its name last: nobody sees half of it. */
  private void write(ImageReference to, Digest top) {
    for (Document document : documents.values()) {
      Descriptor descriptor = document.descriptor;
      ImageReference name =
          descriptor.digest().equals(top) ? to : to.withDigest(descriptor.digest());
      Optional<Manifest> referrer =
          MediaType.isIndex(descriptor.mediaType())
              ? Optional.empty()
              : Optional.of(Manifest.parse(document.bytes)).filter(m -> m.subject().isPresent());
      referrer.ifPresent(manifest -> destination.attach(to, manifest));
      if (referrer.isEmpty() || name.tag().isPresent()) {
        Digest unused = destination.pushManifest(name, descriptor.mediaType(), document.bytes);
      }
    }
  }
}
