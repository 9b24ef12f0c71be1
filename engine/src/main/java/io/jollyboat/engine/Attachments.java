package io.jollyboat.engine;

import io.jollyboat.Artifact;
import io.jollyboat.StoreException;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.spi.ReferrersTag;
import io.jollyboat.spi.Registry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Artifacts on their way to a registry: image-spec, "Guidelines for Artifact Usage". */
final class Attachments {
  private static final byte[] NOTHING = "{}".getBytes(StandardCharsets.UTF_8);
  private static final int CHUNK = 64 * 1024;

  private final Registry registry;

  Attachments(Registry registry) {
    this.registry = registry;
  }

  /** Sends the blobs that the repository lacks, then the manifest that refers to the subject. */
  Descriptor attach(ImageReference repository, Descriptor subject, Artifact artifact) {
    Descriptor empty = Descriptor.of(MediaType.OCI_EMPTY, Digest.sha256(NOTHING), NOTHING.length);
    send(repository, empty, () -> new ByteArrayInputStream(NOTHING));
    List<Descriptor> layers = new ArrayList<>();
    for (Artifact.Part part : artifact.parts()) {
      Descriptor blob = describe(part);
      send(repository, blob, part::open);
      layers.add(blob);
    }
    Manifest manifest =
        Manifest.builder(empty)
            .artifactType(artifact.artifactType())
            .layers(layers.isEmpty() ? List.of(empty) : layers)
            .subject(Descriptor.of(subject.mediaType(), subject.digest(), subject.size()))
            .annotations(artifact.annotations())
            .build();
    registry.attach(repository, manifest);
    return ReferrersTag.descriptor(manifest);
  }

  private interface Content {
    InputStream open() throws IOException;
  }

  private static Descriptor describe(Artifact.Part part) {
    MessageDigest hasher = Digest.sha256(new byte[0]).hasher();
    long size = 0;
    try (InputStream in = part.open()) {
      byte[] chunk = new byte[CHUNK];
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        hasher.update(chunk, 0, count);
        size += count;
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
    Descriptor blob = Descriptor.of(part.mediaType(), Digest.of(hasher), size);
    for (Map.Entry<String, String> entry : part.annotations().entrySet()) {
      blob = blob.withAnnotation(entry.getKey(), entry.getValue());
    }
    return blob;
  }

  private void send(ImageReference repository, Descriptor blob, Content content) {
    if (registry.mount(repository, repository, blob)) {
      return;
    }
    try (InputStream in = content.open()) {
      registry.pushBlob(repository, blob, in);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static StoreException unreadable(IOException e) {
    return new StoreException("a part of the artifact cannot be read: " + e, e);
  }
}
