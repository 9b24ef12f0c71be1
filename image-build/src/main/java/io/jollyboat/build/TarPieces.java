package io.jollyboat.build;

import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.FileNames;
import io.jollyboat.spi.host.TreeEntry;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a tar that ADD unpacks: ustar with pax headers and GNU's long names. Owners become 0:0;
 * names that lead out of the archive stay in it. Devices are left out.
 */
final class TarPieces {
  private static final int BLOCK = 512;
  private static final int LARGEST_HEADER = 1 << 20;

  private final InputStream in;
  private final Path spool;
  private final Map<String, Piece> pieces = new java.util.LinkedHashMap<>();
  private final Map<String, String> pax = new HashMap<>();
  private long written;

  private TarPieces(InputStream in, Path spool) {
    this.in = in;
    this.spool = spool;
  }

  /**
   * @param spool a file that receives the contents, read as long as the pieces are used
   */
  static List<Piece> read(InputStream tar, Path spool) throws IOException {
    TarPieces reader = new TarPieces(tar, spool);
    try (OutputStream out = Files.newOutputStream(spool)) {
      byte[] header = reader.block();
      while (header[0] != 0) {
        reader.entry(header, out);
        header = reader.block();
      }
      tar.transferTo(OutputStream.nullOutputStream());
    }
    List<Piece> all = new ArrayList<>(reader.pieces.values());
    all.sort((a, b) -> TreePath.ORDER.compare(a.entry().path(), b.entry().path()));
    return all;
  }

  private byte[] block() throws IOException {
    byte[] block = in.readNBytes(BLOCK);
    if (block.length != 0 && block.length != BLOCK) {
      throw new EOFException("the archive ends in the middle of a header");
    }
    return block.length == 0 ? new byte[BLOCK] : block;
  }

  private void entry(byte[] header, OutputStream out) throws IOException {
    long size = pax.containsKey("size") ? Long.parseLong(pax.get("size")) : number(header, 124, 12);
    switch ((char) header[156]) {
      case 'x' -> readPax(content(size));
      case 'g' -> in.skipNBytes(padded(size));
      case 'L' -> pax.put("path", cString(content(size)));
      case 'K' -> pax.put("linkpath", cString(content(size)));
      default -> {
        add(header, size, out);
        pax.clear();
      }
    }
  }

  private void add(byte[] header, long size, OutputStream out) throws IOException {
    String path = TreePath.clean(pax.getOrDefault("path", name(header)));
    String link = pax.getOrDefault("linkpath", text(header, 157, 100));
    FileAttributes attributes =
        new FileAttributes((int) number(header, 100, 8) & 07777, 0, 0, modified(header));
    switch ((char) header[156]) {
      case '5' -> put(path, Piece.withoutContent(TreeEntry.directory(path, attributes)));
      case '2' ->
          put(path, Piece.withoutContent(TreeEntry.symlink(path, attributes.withMode(0777), link)));
      case '1' -> putHardLink(path, TreePath.clean(link));
      case '0', '\0', '7' -> put(path, file(path, attributes, size, out));
      default -> in.skipNBytes(padded(size));
    }
  }

  private void put(String path, Piece piece) {
    if (!path.isEmpty()) {
      pieces.put(path, piece);
    }
  }

  /** As a file of its own with the same content. */
  private void putHardLink(String path, String first) throws IOException {
    Piece piece = pieces.get(first);
    if (piece == null) {
      throw new IOException(
          "the archive's link " + path + " names " + first + ", which is not before it");
    }
    put(path, piece.at(path));
  }

  private Piece file(String path, FileAttributes attributes, long size, OutputStream out)
      throws IOException {
    long start = written;
    byte[] buffer = new byte[1 << 16];
    for (long left = size; left > 0; ) {
      int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (n < 0) {
        throw new EOFException("the archive ends in the middle of " + path);
      }
      out.write(buffer, 0, n);
      left -= n;
    }
    written += size;
    in.skipNBytes(padded(size) - size);
    return new Piece(
        TreeEntry.file(path, attributes, size),
        Optional.empty(),
        () -> new FileRange(spool, start, size));
  }

  private Instant modified(byte[] header) {
    String time = pax.get("mtime");
    return Instant.ofEpochSecond(
        time == null ? number(header, 136, 12) : Long.parseLong(time.split("\\.")[0]));
  }

  private byte[] content(long size) throws IOException {
    if (size < 0 || size > LARGEST_HEADER) {
      throw new IOException("the archive has a header of " + size + " bytes");
    }
    byte[] content = in.readNBytes((int) size);
    in.skipNBytes(padded(size) - size);
    return content;
  }

  /** Records of the form {@code length key=value\n}. */
  private void readPax(byte[] records) throws IOException {
    int at = 0;
    while (at < records.length) {
      int blank = at;
      while (blank < records.length && records[blank] != ' ') {
        blank++;
      }
      int length =
          (int) decimal(FileNames.decode(java.util.Arrays.copyOfRange(records, at, blank)));
      if (length < 5 || at + length > records.length) {
        throw new IOException("the archive has a malformed pax header");
      }
      String record =
          FileNames.decode(java.util.Arrays.copyOfRange(records, blank + 1, at + length - 1));
      int equals = record.indexOf('=');
      if (equals > 0) {
        pax.put(record.substring(0, equals), record.substring(equals + 1));
      }
      at += length;
    }
  }

  private static long decimal(String text) throws IOException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IOException("the archive has a malformed number: " + text, e);
    }
  }

  private static String name(byte[] header) {
    String name = text(header, 0, 100);
    boolean posix = header[262] == 0; // GNU's own form uses the prefix for other things
    String prefix = posix ? text(header, 345, 155) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private static String text(byte[] header, int from, int length) {
    return cString(java.util.Arrays.copyOfRange(header, from, from + length));
  }

  private static String cString(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return FileNames.decode(java.util.Arrays.copyOf(bytes, end));
  }

  /** Octal digits, or a binary number when the first bit is set. */
  private static long number(byte[] header, int from, int length) {
    long value = 0;
    if ((header[from] & 0x80) != 0) {
      for (int i = from + length - 8; i < from + length; i++) {
        value = (value << 8) | (header[i] & 0xff);
      }
      return value;
    }
    for (int i = from; i < from + length; i++) {
      if (header[i] >= '0' && header[i] <= '7') {
        value = (value << 3) | (header[i] - '0');
      }
    }
    return value;
  }

  private static long padded(long size) {
    return (size + BLOCK - 1) / BLOCK * BLOCK;
  }
}
