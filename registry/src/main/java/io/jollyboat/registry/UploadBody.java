package io.jollyboat.registry;

import io.jollyboat.ContentException;
import io.jollyboat.oci.Descriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;

/** The bytes of a blob on their way out. They can be sent again only where they are in memory. */
final class UploadBody extends RequestBody {
  private static final MediaType TYPE = MediaType.get("application/octet-stream");
  private static final int BUFFER = 64 * 1024;

  private final Descriptor blob;
  private final InputStream content;

  UploadBody(Descriptor blob, InputStream content) {
    this.blob = blob;
    this.content = content;
    if (!isOneShot()) {
      content.mark(Integer.MAX_VALUE);
    }
  }

  @Override
  public MediaType contentType() {
    return TYPE;
  }

  @Override
  public long contentLength() {
    return blob.size();
  }

  @Override
  public boolean isOneShot() {
    return !(content instanceof ByteArrayInputStream);
  }

  @Override
  public void writeTo(BufferedSink sink) throws IOException {
    if (!isOneShot()) {
      content.reset();
    }
    byte[] buffer = new byte[BUFFER];
    long left = blob.size();
    while (left > 0) {
      int count = content.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (count < 0) {
        throw wrong("ends " + left + " bytes too early");
      }
      sink.write(buffer, 0, count);
      left -= count;
    }
    if (content.read() >= 0) {
      throw wrong("is longer than the " + blob.size() + " bytes it should have");
    }
  }

  private ContentException wrong(String why) {
    return new ContentException(
        "content " + blob.digest() + " cannot be pushed: what was given " + why,
        blob.digest(),
        null);
  }
}
