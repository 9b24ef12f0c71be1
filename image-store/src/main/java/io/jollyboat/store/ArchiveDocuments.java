package io.jollyboat.store;

import io.jollyboat.ContentException;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** Reads the documents of an archive of images, each within bounds and by its digest. */
final class ArchiveDocuments {
  /** As many as a root file system can be made of. */
  static final int MOST_LAYERS = 127;

  private static final int LARGEST = 8 << 20;

  private final Members members;

  ArchiveDocuments(Members members) {
    this.members = members;
  }

  /** The file of that name, if there is one. */
  Optional<Members.Member> find(String name) throws IOException {
    return members.find(name);
  }

  Members.Member required(String name) throws IOException {
    return find(name).orElseThrow(() -> new IOException("\"" + name + "\" is missing"));
  }

  /** The file of a blob, if there is one. */
  Optional<Members.Member> find(Descriptor blob) throws IOException {
    Digest digest = blob.digest();
    Optional<Members.Member> found = find("blobs/" + digest.algorithm() + "/" + digest.hex());
    if (found.isPresent() && found.get().size() != blob.size()) {
      throw new ContentException(
          "blob "
              + digest
              + ": has "
              + found.get().size()
              + " bytes where "
              + blob.size()
              + " were announced",
          digest,
          null);
    }
    return found;
  }

  byte[] read(Members.Member member) throws IOException {
    if (member.size() > LARGEST) {
      throw new IOException(
          "\"" + member.name() + "\" has " + member.size() + " bytes; at most 8 MiB are read");
    }
    try (InputStream content = member.open()) {
      return content.readNBytes(LARGEST + 1);
    }
  }

  byte[] read(Members.Member member, Digest digest) throws IOException {
    byte[] bytes = read(member);
    Digest actual = digestOf(digest, bytes);
    if (!actual.equals(digest)) {
      throw new ContentException(
          "\"" + member.name() + "\" has the digest " + actual + ", not " + digest, digest, null);
    }
    return bytes;
  }

  private static Digest digestOf(Digest like, byte[] bytes) {
    var hasher = like.hasher();
    hasher.update(bytes);
    return Digest.of(hasher);
  }

  /** Checks that a configuration has as many layers as are told, and not too many. */
  static void checkLayers(ImageConfig config, List<?> layers) {
    int count = config.diffIds().size();
    if (count != layers.size()) {
      throw new ContentException(
          "image "
              + config.id()
              + " has "
              + layers.size()
              + " layers in the archive and "
              + count
              + " in its configuration",
          config.id(),
          null);
    }
    if (count > MOST_LAYERS) {
      throw new ContentException(
          "image "
              + config.id()
              + " has "
              + count
              + " layers, more than the "
              + MOST_LAYERS
              + " that a root file system can be made of",
          config.id(),
          null);
    }
  }
}
