package io.jollyboat.store;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** Undoes the compression of a layer: gzip, of several members too, zstd, or none. */
final class Compression {
  private static final int CHUNK = 64 * 1024;
  private static final int GZIP = 0x1f8b;
  private static final int ZSTD = 0x28b5;

  private Compression() {}

  /**
   * The plain bytes of a stream. The first bytes decide, not the media type: some registries hold
   * plain tars under gzip's, and no tar begins like either.
   */
  static InputStream decompressed(InputStream compressed) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(compressed, CHUNK);
    buffered.mark(2);
    int first = buffered.read();
    int second = buffered.read();
    buffered.reset();
    return switch ((first << 8) | second) {
      case GZIP -> new GZIPInputStream(buffered, CHUNK);
      case ZSTD -> new ZstdInputStreamNoFinalizer(buffered);
      default -> buffered;
    };
  }
}
