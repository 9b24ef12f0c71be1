package io.jollyboat.store;

import io.jollyboat.ContentException;
import io.jollyboat.oci.Digest;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.Objects;

/** A blob in the making; closing it without a commit deletes it. */
final class BlobWriter extends OutputStream {
  private final BlobStore blobs;
  private final Path temporary;
  private final FileOutputStream file;
  private final MessageDigest hasher;
  private long size;
  private boolean open = true;

  BlobWriter(BlobStore blobs, Path temporary, MessageDigest hasher) throws IOException {
    this.blobs = blobs;
    this.temporary = temporary;
    this.file = new FileOutputStream(temporary.toFile());
    this.hasher = hasher;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      file.write(bytes, offset, length);
    } catch (IOException e) {
      // No fault of the stream that is copied here, which its reader would take it for.
      throw StoreFiles.failure("a blob cannot be written to " + temporary, e);
    }
    hasher.update(bytes, offset, length);
    size += length;
  }

  long size() {
    return size;
  }

  /** Stores what was written under the digest it has. */
  Digest commit() throws IOException {
    Digest digest = Digest.of(hasher);
    publish(digest);
    return digest;
  }

  /** Stores what was written if it is what it should be. */
  void commit(Digest expected, long expectedSize) throws IOException {
    if (size != expectedSize) {
      throw new ContentException(
          "blob " + expected + ": has " + size + " bytes where " + expectedSize + " were announced",
          expected,
          null);
    }
    Digest actual = Digest.of(hasher);
    if (!actual.equals(expected)) {
      throw new ContentException(
          "blob " + expected + ": the bytes received have the digest " + actual, expected, null);
    }
    publish(expected);
  }

  private void publish(Digest digest) throws IOException {
    Path name = blobs.path(digest);
    if (!Files.exists(name)) {
      file.getFD().sync();
      Files.createDirectories(Objects.requireNonNull(name.getParent()));
      Files.move(temporary, name, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  @Override
  public void close() throws IOException {
    if (open) {
      open = false;
      file.close();
      Files.deleteIfExists(temporary);
    }
  }
}
