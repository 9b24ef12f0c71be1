package io.jollyboat.oci;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The bytes of a document and their digest. Immutable. */
final class RawDocument {
  private final byte[] bytes;
  private final Digest digest;

  RawDocument(byte[] bytes) {
    this.bytes = bytes.clone();
    this.digest = Digest.sha256(this.bytes);
  }

  byte[] copy() {
    return bytes.clone();
  }

  Digest digest() {
    return digest;
  }

  int size() {
    return bytes.length;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RawDocument that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }
}
