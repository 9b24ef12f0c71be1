package io.jollyboat.registry.server;

import io.jollyboat.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/** Blobs in memory. */
final class MemoryBlobs implements BlobStore {
  private final Map<Digest, byte[]> blobs = new ConcurrentHashMap<>();

  @Override
  public OptionalLong size(Digest digest) {
    byte[] content = blobs.get(digest);
    return content == null ? OptionalLong.empty() : OptionalLong.of(content.length);
  }

  @Override
  public InputStream open(Digest digest, long offset) throws IOException {
    byte[] content = blobs.get(digest);
    if (content == null) {
      throw new FileNotFoundException(digest.toString());
    }
    int start = (int) Math.min(offset, content.length);
    return new ByteArrayInputStream(content, start, content.length - start);
  }

  @Override
  public Upload newUpload() {
    return new MemoryUpload();
  }

  private final class MemoryUpload implements Upload {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public void append(InputStream content) throws IOException {
      content.transferTo(bytes);
    }

    @Override
    public long size() {
      return bytes.size();
    }

    @Override
    public boolean commit(Digest digest) {
      byte[] content = bytes.toByteArray();
      var hasher = digest.hasher();
      hasher.update(content);
      boolean right = Digest.of(hasher).equals(digest);
      if (right) {
        blobs.put(digest, content);
      }
      return right;
    }

    @Override
    public void abandon() {
      bytes.reset();
    }
  }
}
