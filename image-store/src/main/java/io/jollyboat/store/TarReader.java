package io.jollyboat.store;

import static io.jollyboat.store.TarFields.BLOCK;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads tar archives member by member: ustar, pax, GNU's long names, large numbers and sparse
 * files, and the older forms. Global pax headers are read over. An archive without end blocks or
 * with an unpadded last member is read to its end. Names and attribute values are kept byte by
 * byte, which is why this does not build on commons-compress: it decodes pax records as UTF-8.
 * Failures are {@code IOException}s that say what is wrong. Not safe for use by several threads.
 */
final class TarReader {
  private static final int LARGEST_HEADER = 1 << 20;

  /** Types whose size field, where it is not zero, does not stand for data that follows. */
  private static final String NO_CONTENT = "123456";

  private final InputStream source;
  private final byte[] block = new byte[BLOCK];
  private Content content = new Content(0);
  private InputStream body = content;

  TarReader(InputStream source) {
    this.source = source;
  }

  /** The next member, or nothing at the end. */
  Optional<TarHeader> next() throws IOException {
    PaxRecords pax = PaxRecords.none();
    String longName = null;
    String longLink = null;
    while (true) {
      content.skipRest();
      if (!readBlock()) {
        return Optional.empty();
      }
      char type = (char) (block[156] & 0xff);
      switch (type) {
        case 'x', 'X' -> pax = PaxRecords.parse(readHeaderContent());
        case 'g' -> readHeaderContent();
        case 'L' -> longName = longText();
        case 'K' -> longLink = longText();
        default -> {
          return Optional.of(header(type, pax, longName, longLink));
        }
      }
    }
  }

  /** The content of the member that {@link #next} returned last. */
  InputStream content() {
    return body;
  }

  /** Whether the member's content is the bytes that follow its header, as many as its size. */
  boolean isStoredPlainly() {
    return body == content;
  }

  private boolean readBlock() throws IOException {
    int count = source.readNBytes(block, 0, BLOCK);
    if (count == 0) {
      return false;
    }
    if (count < BLOCK) {
      throw new EOFException("the archive ends in the middle of a header");
    }
    if (TarFields.isZero(block)) {
      return false;
    }
    if (!TarFields.isChecksumRight(block)) {
      throw new IOException("not a tar archive, or damaged: a header's checksum is wrong");
    }
    return true;
  }

  private byte[] readHeaderContent() throws IOException {
    long size = TarFields.number(block, 124, 12);
    if (size < 0 || size > LARGEST_HEADER) {
      throw new IOException("an extended header of " + size + " bytes; at most 1 MiB is read");
    }
    content = new Content(size);
    byte[] bytes = content.readAllBytes();
    if (bytes.length < size) {
      throw new EOFException("the archive ends in the middle of an extended header");
    }
    return bytes;
  }

  private String longText() throws IOException {
    byte[] bytes = readHeaderContent();
    return TarFields.text(bytes, 0, bytes.length);
  }

  private TarHeader header(
      char type, PaxRecords pax, @Nullable String longName, @Nullable String longLink)
      throws IOException {
    String fieldName = longName == null ? fieldName() : longName;
    String fieldLink = longLink == null ? TarFields.text(block, 157, 100) : longLink;
    long stored = pax.number("size", TarFields.number(block, 124, 12));
    if (stored < 0) {
      throw new IOException("a file of a negative size: " + fieldName);
    }
    String name = pax.text("GNU.sparse.name").or(() -> pax.text("path")).orElse(fieldName);
    content = new Content(NO_CONTENT.indexOf(type) < 0 ? stored : 0);
    body = content;
    long size = sparse(type, pax, stored);
    return new TarHeader(
        name,
        regular(type) ? (name.endsWith("/") ? '5' : '0') : type,
        (int) (TarFields.number(block, 100, 8) & 07777),
        pax.number("uid", TarFields.number(block, 108, 8)),
        pax.number("gid", TarFields.number(block, 116, 8)),
        pax.time("mtime", Instant.ofEpochSecond(TarFields.number(block, 136, 12))),
        size,
        pax.text("linkpath").orElse(fieldLink),
        device(329),
        device(337),
        pax.xattrs());
  }

  private static boolean regular(char type) {
    return type == '0' || type == 0 || type == '7' || type == 'S';
  }

  private String fieldName() {
    String name = TarFields.text(block, 0, 100);
    boolean posix = block[262] == 0 && TarFields.text(block, 257, 6).equals("ustar");
    String prefix = posix ? TarFields.text(block, 345, 155) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private int device(int offset) throws IOException {
    boolean posix = TarFields.text(block, 257, 5).equals("ustar");
    return posix ? (int) TarFields.number(block, offset, 8) : 0;
  }

  /** The size with holes; sets {@code body} when the file is sparse. */
  private long sparse(char type, PaxRecords pax, long stored) throws IOException {
    if (type == 'S') {
      return holes(oldGnuMap(), TarFields.number(block, 483, 12), stored);
    }
    if (!regular(type)) {
      return 0;
    }
    if (pax.has("GNU.sparse.major")) {
      return holes(mapInContent(), pax.number("GNU.sparse.realsize", stored), stored);
    }
    if (pax.has("GNU.sparse.size")) {
      return holes(pax.sparseNumbers(), pax.number("GNU.sparse.size", stored), stored);
    }
    return stored;
  }

  /** Holes are an expansion like any other: a few bytes can stand for a full disk. */
  private long holes(List<Long> map, long size, long stored) throws IOException {
    if (size < 0) {
      throw new IOException("a sparse file of a negative size");
    }
    ArchiveLimits.expansion(stored, size);
    body = new SparseStream(content, map, size);
    return size;
  }

  private List<Long> oldGnuMap() throws IOException {
    List<Long> map = new ArrayList<>();
    addPieces(block, 386, 4, map);
    boolean more = block[482] != 0;
    byte[] extension = new byte[BLOCK];
    while (more) {
      if (source.readNBytes(extension, 0, BLOCK) < BLOCK) {
        throw new EOFException("the archive ends in the middle of a sparse file's map");
      }
      addPieces(extension, 0, 21, map);
      checkMap(map.size());
      more = extension[504] != 0;
    }
    return map;
  }

  private static void addPieces(byte[] bytes, int start, int count, List<Long> map)
      throws IOException {
    for (int at = start; at < start + 24 * count && bytes[at] != 0; at += 24) {
      map.add(TarFields.number(bytes, at, 12));
      map.add(TarFields.number(bytes, at + 12, 12));
    }
  }

  /** Sparse format 1.0: the map is lines of numbers before the data, padded to a block. */
  private List<Long> mapInContent() throws IOException {
    long before = content.left;
    long count = line();
    checkMap(2 * count);
    List<Long> map = new ArrayList<>();
    for (long i = 0; i < 2 * count; i++) {
      map.add(line());
    }
    long used = before - content.left;
    content.skipNBytes(Math.floorMod(-used, BLOCK));
    return map;
  }

  private long line() throws IOException {
    long value = 0;
    for (int c = content.read(); c != '\n'; c = content.read()) {
      if (c < '0' || c > '9' || value > Long.MAX_VALUE / 100) {
        throw new IOException("a sparse file's map is malformed");
      }
      value = value * 10 + (c - '0');
    }
    return value;
  }

  private static void checkMap(long numbers) throws IOException {
    if (numbers < 0 || numbers > LARGEST_HEADER / 8) {
      throw new IOException("a sparse file of too many pieces");
    }
  }

  /** What one member stores, and the padding after it. */
  private final class Content extends InputStream {
    private int padding;
    private long left;

    Content(long size) {
      this.left = size;
      this.padding = (int) Math.floorMod(-size, (long) BLOCK);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (left == 0) {
        return -1;
      }
      int count = source.read(bytes, offset, (int) Math.min(length, left));
      if (count < 0) {
        throw new EOFException("the archive ends in the middle of a file");
      }
      left -= count;
      return count;
    }

    void skipRest() throws IOException {
      while (left > 0) {
        long skipped = source.skip(left);
        if (skipped == 0) {
          throw new EOFException("the archive ends in the middle of a file");
        }
        left -= skipped;
      }
      // The last member of some archives is not padded, so the end may come here.
      source.readNBytes(block, 0, padding);
      padding = 0;
    }
  }
}
