package io.jollyboat.store;

import io.jollyboat.ContentException;
import io.jollyboat.StoreException;
import io.jollyboat.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Bytes by their digest: manifests, configurations and compressed layers exactly as they were
 * received or made. Safe for use by several threads and processes.
 */
public final class BlobStore {
  /** The largest manifest, index or configuration that is read. */
  static final long LARGEST_DOCUMENT = 8 << 20;

  private static final int CHUNK = 128 * 1024;

  private final StoreFiles files;

  BlobStore(StoreFiles files) {
    this.files = files;
  }

  /** The file of a blob, which must not be changed. */
  public Optional<Path> find(Digest digest) {
    Path file = path(digest);
    return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
  }

  /**
   * Stores a stream, read to its end but not closed; when the blob is there already, left unread.
   *
   * @param size its length in bytes
   * @throws ContentException when length or digest is not what was said; nothing is kept then
   */
  public Path put(Digest digest, long size, InputStream content) {
    Optional<Path> known = find(digest);
    if (known.isPresent()) {
      return known.get();
    }
    try (BlobWriter writer = writer(digest.hasher())) {
      byte[] chunk = new byte[CHUNK];
      for (int count = content.read(chunk); count >= 0; count = content.read(chunk)) {
        writer.write(chunk, 0, count);
        if (writer.size() > size) {
          throw new ContentException(
              "blob " + digest + ": has more than the " + size + " bytes announced", digest, null);
        }
        StoreFiles.checkInterrupt("storing blob " + digest);
      }
      writer.commit(digest, size);
      return path(digest);
    } catch (IOException e) {
      throw StoreFiles.failure("cannot store blob " + digest, e);
    }
  }

  /** Stores some bytes under their SHA-256 digest. */
  public Digest put(byte[] content) {
    Digest digest = Digest.sha256(content);
    Path unused = put(digest, content.length, new ByteArrayInputStream(content));
    return digest;
  }

  /**
   * All bytes of a small blob, verified.
   *
   * @throws StoreException when it is missing, damaged or larger than 8 MiB
   */
  public byte[] read(Digest digest) {
    Path file = path(digest);
    if (size(digest) > LARGEST_DOCUMENT) {
      throw new StoreException(
          "blob " + digest + " has more than the 8 MiB that a document may have", null);
    }
    byte[] content =
        files
            .read(file)
            .orElseThrow(
                () -> new StoreException("blob " + digest + " is missing from the store", null));
    MessageDigest hasher = digest.hasher();
    hasher.update(content);
    if (!Digest.of(hasher).equals(digest)) {
      throw new StoreException(
          "blob "
              + digest
              + " is damaged: "
              + file
              + " has another content; images().verify(v -> v.repair()) tells what follows",
          null);
    }
    return content;
  }

  /** Deletes a blob if it is there. */
  public void delete(Digest digest) {
    files.delete(path(digest));
  }

  /** Bytes of a blob; zero when it is not there. */
  long size(Digest digest) {
    try {
      return Files.size(path(digest));
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw StoreFiles.failure("cannot read blob " + digest, e);
    }
  }

  Path path(Digest digest) {
    return files.path("blobs", digest.algorithm()).resolve(digest.hex());
  }

  BlobWriter writer(MessageDigest hasher) throws IOException {
    return new BlobWriter(this, files.newTemporary(), hasher);
  }

  /** Every blob in the store. */
  List<Digest> list() {
    List<Digest> all = new ArrayList<>();
    for (String algorithm : files.list("blobs")) {
      for (String hex : files.list("blobs/" + algorithm)) {
        all.add(new Digest(algorithm, hex));
      }
    }
    return all;
  }
}
