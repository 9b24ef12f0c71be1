package io.jollyboat.store;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.jollyboat.oci.MediaType;
import io.jollyboat.store.compression.Bzip2InputStream;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/** Undoes the compression of an archive: gzip, of several members too, zstd, xz, bzip2, or none. */
final class Compression {
  private static final int CHUNK = 64 * 1024;
  private static final String GZIP = "\u001f\u008b";
  private static final String ZSTD = "(\u00b5/\u00fd";
  private static final String XZ = "\u00fd7zXZ\0";
  private static final String BZIP2 = "BZh[1-9](?:1AY&SY|\u0017rE8P\u0090)";
  private static final int LONGEST = 10;

  /** {@code xz -9} needs 65 MiB; the format lets a stranger ask for 1.5 GiB. */
  private static final int XZ_KIBIBYTES = 256 << 10;

  private Compression() {}

  /**
   * The plain bytes of a stream. The first bytes decide, not the media type: some registries hold
   * plain tars under gzip's, and no tar begins like any of them.
   */
  static InputStream decompressed(InputStream compressed) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(compressed, CHUNK);
    buffered.mark(LONGEST);
    String start = start(buffered);
    buffered.reset();
    if (start.startsWith(GZIP)) {
      return new GZIPInputStream(buffered, CHUNK);
    }
    if (start.startsWith(ZSTD)) {
      return new ZstdInputStreamNoFinalizer(buffered);
    }
    if (start.startsWith(XZ)) {
      return new XZInputStream(buffered, XZ_KIBIBYTES);
    }
    return start.matches(BZIP2) ? new Bzip2InputStream(buffered) : buffered;
  }

  private static String start(InputStream compressed) throws IOException {
    return new String(compressed.readNBytes(LONGEST), StandardCharsets.ISO_8859_1);
  }

  static boolean isCompressed(InputStream start) throws IOException {
    return layerType(start).filter(MediaType.OCI_LAYER::equals).isEmpty();
  }

  /** The media type of a layer's archive; empty for compressions that layers must not have. */
  static Optional<String> layerType(InputStream start) throws IOException {
    return layerType(start(start));
  }

  private static Optional<String> layerType(String start) {
    if (start.startsWith(GZIP)) {
      return Optional.of(MediaType.OCI_LAYER_GZIP);
    }
    if (start.startsWith(ZSTD)) {
      return Optional.of(MediaType.OCI_LAYER_ZSTD);
    }
    boolean other = start.startsWith(XZ) || start.matches(BZIP2);
    return other ? Optional.empty() : Optional.of(MediaType.OCI_LAYER);
  }

  /** As {@link #decompressed}, where what expands too far is taken for an attack. */
  static InputStream bounded(InputStream compressed) throws IOException {
    Counted source = new Counted(compressed, null);
    return new Counted(decompressed(source), source);
  }

  /** Counts what is read. */
  private static final class Counted extends FilterInputStream {
    private final @Nullable Counted source;
    private long count;

    /**
     * @param source what this is the expansion of, when it is one
     */
    Counted(InputStream in, @Nullable Counted source) {
      super(in);
      this.source = source;
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      add(value < 0 ? 0 : 1);
      return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = super.read(bytes, offset, length);
      add(Math.max(0, read));
      return read;
    }

    @Override
    public long skip(long n) throws IOException {
      long skipped = super.skip(n);
      add(skipped);
      return skipped;
    }

    private void add(long more) throws IOException {
      count += more;
      if (source != null) {
        ArchiveLimits.expansion(source.count, count);
      }
    }
  }
}
