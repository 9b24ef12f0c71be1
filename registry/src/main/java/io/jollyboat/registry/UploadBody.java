package io.jollyboat.registry;

import io.jollyboat.ContentException;
import io.jollyboat.StoreException;
import io.jollyboat.oci.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.Buffer;
import okio.BufferedSink;

/**
 * The bytes of a blob on their way out, from wherever the registry wants them next. Its content is
 * read once; of that, the last few megabytes are kept, to be sent again where a connection broke.
 * Not safe for use by several threads.
 */
final class UploadBody extends RequestBody {
  /** Far more than what lies in the buffers of a connection when it breaks. */
  private static final int KEPT = 8 * 1024 * 1024;

  private static final MediaType TYPE = MediaType.get("application/octet-stream");
  private static final int BUFFER = 64 * 1024;

  private final Descriptor blob;
  private final InputStream content;
  private final byte[] kept;
  private long read;
  private long start;

  UploadBody(Descriptor blob, InputStream content) {
    this.blob = blob;
    this.content = content;
    this.kept = new byte[(int) Math.min(KEPT, Math.max(1, blob.size()))];
  }

  /** All bytes of a blob that is small. */
  static byte[] read(Descriptor blob, InputStream content) {
    try {
      Buffer all = new Buffer();
      new UploadBody(blob, content).writeTo(all);
      return all.readByteArray();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
  }

  /** Whether the bytes from an offset on can be sent, once more or for the first time. */
  boolean canStartAt(long offset) {
    return offset <= read && offset >= Math.max(0, read - kept.length);
  }

  /** Where the next {@link #writeTo} begins. */
  void startAt(long offset) {
    if (!canStartAt(offset)) {
      throw new IllegalArgumentException(offset + " is not kept of " + read);
    }
    start = offset;
  }

  @Override
  public MediaType contentType() {
    return TYPE;
  }

  @Override
  public long contentLength() {
    return blob.size() - start;
  }

  /** Sending it again is asked for by {@link #startAt}, never by HTTP itself. */
  @Override
  public boolean isOneShot() {
    return true;
  }

  @Override
  public void writeTo(BufferedSink sink) throws IOException {
    long at = start;
    while (at < read) {
      int from = (int) (at % kept.length);
      int count = (int) Math.min(read - at, kept.length - from);
      sink.write(kept, from, count);
      at += count;
    }
    byte[] buffer = new byte[BUFFER];
    while (read < blob.size()) {
      int count = next(buffer, (int) Math.min(buffer.length, blob.size() - read));
      if (count < 0) {
        throw wrong("ends " + (blob.size() - read) + " bytes too early");
      }
      keep(buffer, count);
      sink.write(buffer, 0, count);
    }
    if (next(buffer, 1) >= 0) {
      throw wrong("is longer than the " + blob.size() + " bytes it should have");
    }
  }

  /** A content that cannot be read is no fault of the connection. */
  private int next(byte[] buffer, int most) {
    try {
      return content.read(buffer, 0, most);
    } catch (IOException e) {
      Interrupts.check("push of " + blob.digest(), e);
      throw new StoreException("the content of " + blob.digest() + " cannot be read: " + e, e);
    }
  }

  private void keep(byte[] buffer, int count) {
    int to = (int) (read % kept.length);
    int first = Math.min(count, kept.length - to);
    System.arraycopy(buffer, 0, kept, to, first);
    System.arraycopy(buffer, first, kept, 0, count - first);
    read += count;
  }

  private ContentException wrong(String why) {
    return new ContentException(
        "content " + blob.digest() + " cannot be pushed: what was given " + why,
        blob.digest(),
        null);
  }
}
