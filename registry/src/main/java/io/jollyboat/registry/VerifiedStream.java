package io.jollyboat.registry;

import io.jollyboat.ContentException;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/**
 * Content that is checked against its descriptor while it is read. The read that would give the
 * last byte, or the end before it, fails when length or digest are wrong: whoever has read all of
 * it has the right bytes. Not safe for use by several threads.
 */
public final class VerifiedStream extends InputStream {
  private final InputStream in;
  private final Descriptor expected;
  private final MessageDigest hasher;
  private long count;

  public VerifiedStream(InputStream in, Descriptor expected) {
    this.in = in;
    this.expected = expected;
    this.hasher = expected.digest().hasher();
    if (expected.size() == 0) {
      checkDigest();
    }
  }

  /** How many bytes were read so far. */
  public long count() {
    return count;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int got = in.read(buffer, offset, length);
    if (got > 0) {
      add(buffer, offset, got);
    } else if (got < 0 && count < expected.size()) {
      throw wrong("it ends after " + count + " of " + expected.size() + " bytes");
    }
    return got;
  }

  private void add(byte[] buffer, int offset, int got) {
    count += got;
    if (count > expected.size()) {
      throw wrong("it is longer than the " + expected.size() + " bytes it should have");
    }
    hasher.update(buffer, offset, got);
    if (count == expected.size()) {
      checkDigest();
    }
  }

  private void checkDigest() {
    Digest actual = Digest.of(hasher);
    if (!actual.equals(expected.digest())) {
      throw wrong("its digest is " + actual);
    }
  }

  /**
   * Reads what is left, for the sake of the check.
   *
   * @throws ContentException when it is not what the descriptor says
   */
  public void finish() throws IOException {
    byte[] rest = new byte[8192];
    int got = 0;
    while (got >= 0) {
      got = read(rest, 0, rest.length);
    }
  }

  private ContentException wrong(String why) {
    return new ContentException(
        "content " + expected.digest() + " is not what was received: " + why + "; pull it again",
        expected.digest(),
        null);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
