package io.jollyboat.store;

import io.jollyboat.ContentException;
import io.jollyboat.JollyboatException;
import io.jollyboat.oci.Digest;
import io.jollyboat.spi.host.TreeWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;

/**
 * One pass over a layer's compressed stream: it is hashed and copied as it comes, expanded, hashed
 * again and unpacked. Not safe for use by several threads.
 */
final class LayerReception {
  private final StoreFiles files;
  private final Digest diffId;
  private final Digest blob;
  private final long blobSize;
  private final InputStream content;
  private final OutputStream copy;
  private final MessageDigest blobHasher;
  private boolean verified;

  /**
   * @param blob the digest of the stream; not looked at when it is the diff id
   * @param blobSize bytes of the stream; {@link Long#MAX_VALUE} when not known
   * @param copy receives the stream's bytes
   */
  LayerReception(
      StoreFiles files,
      Digest diffId,
      Digest blob,
      long blobSize,
      InputStream content,
      OutputStream copy) {
    this.files = files;
    this.diffId = diffId;
    this.blob = blob;
    this.blobSize = blobSize;
    this.content = content;
    this.copy = copy;
    this.blobHasher = blob.hasher();
  }

  /**
   * Unpacks into a new layer's tree; returns the bytes of its files.
   *
   * @throws ContentException when the stream or what is in it is not what it should be
   */
  long unpackInto(NewLayer made) {
    MeasuredStream compressed = new MeasuredStream(content, blobHasher, copy, this::checkBlobSize);
    try (TreeWriter writer = files.trees().create(made.diff())) {
      long size = unpack(compressed, writer);
      verifyBlob(compressed);
      writer.finish();
      return size;
    } catch (IOException e) {
      throw malformed(compressed, e);
    }
  }

  /**
   * Reads the stream to its end without unpacking it.
   *
   * @throws ContentException when the stream or what is in it is not what it should be
   */
  void verify() {
    MeasuredStream compressed = new MeasuredStream(content, blobHasher, copy, this::checkBlobSize);
    try {
      verify(compressed, expanded(compressed));
      verifyBlob(compressed);
    } catch (IOException e) {
      throw malformed(compressed, e);
    }
  }

  private MeasuredStream expanded(MeasuredStream compressed) throws IOException {
    return new MeasuredStream(
        Compression.decompressed(compressed),
        diffId.hasher(),
        OutputStream.nullOutputStream(),
        expanded -> ArchiveLimits.expansion(compressed.count(), expanded));
  }

  private long unpack(MeasuredStream compressed, TreeWriter writer) throws IOException {
    MeasuredStream plain = expanded(compressed);
    long size = new LayerUnpacker(plain, writer).unpack();
    verify(compressed, plain);
    return size;
  }

  private void verify(MeasuredStream compressed, MeasuredStream plain) throws IOException {
    plain.drain();
    compressed.drain();
    Digest actual = plain.digest();
    if (!actual.equals(diffId)) {
      verifyBlob(compressed);
      throw new ContentException(
          "layer " + diffId + ": the archive has the digest " + actual, diffId, null);
    }
  }

  private void checkBlobSize(long count) throws IOException {
    if (count > blobSize) {
      throw new IOException("more than the " + blobSize + " bytes announced");
    }
  }

  private void verifyBlob(MeasuredStream compressed) {
    if (blob.equals(diffId) || verified) {
      return;
    }
    if (compressed.count() < blobSize) {
      throw new ContentException(
          "blob " + blob + ": ended after " + compressed.count() + " of " + blobSize + " bytes",
          blob,
          null);
    }
    Digest actual = compressed.digest();
    verified = true;
    if (!actual.equals(blob)) {
      throw new ContentException(
          "blob " + blob + ": the bytes received have the digest " + actual, blob, null);
    }
  }

  /** What is malformed is first of all not what was announced, where that is so. */
  private JollyboatException malformed(MeasuredStream compressed, IOException e) {
    if (StoreFiles.isInterrupt(e)) {
      return StoreFiles.failure("unpacking layer " + diffId, e);
    }
    try {
      compressed.drain();
      verifyBlob(compressed);
    } catch (ContentException wrong) {
      wrong.addSuppressed(e);
      return wrong;
    } catch (IOException unreadable) {
      e.addSuppressed(unreadable);
    }
    String why = e.getMessage() == null ? e.toString() : e.getMessage();
    return new ContentException("layer " + diffId + ": " + why, diffId, e);
  }
}
