package io.jollyboat.build;

import io.jollyboat.dockerfile.Add;
import io.jollyboat.spi.host.TreeEntry;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * Archives that ADD unpacks, told by their first bytes: tar, plain or gzip. Closing it deletes what
 * was decompressed. Not safe for use by several threads.
 */
final class Archives implements AutoCloseable {
  private static final int HEADER = 512;
  private static final int MAGIC_AT = 257;
  private static final Map<String, String> OTHERS =
      Map.of("425a68", "bzip2", "fd377a585a00", "xz", "28b52ffd", "zstd");

  private final List<Path> temporary = new ArrayList<>();

  /**
   * The items, each archive as the files in it.
   *
   * @param fetched those of them that are unpacked only when asked for
   */
  List<Item> unpacked(List<Item> items, Add add, List<Item> fetched) throws IOException {
    List<Item> result = new ArrayList<>();
    for (Item item : items) {
      boolean wanted = add.unpack().orElse(!fetched.contains(item));
      result.add(item.intoDirectory() || !wanted ? item : unpacked(item));
    }
    return result;
  }

  private Item unpacked(Item item) throws IOException {
    Piece piece = item.pieces().get(0);
    if (piece.entry().kind() != TreeEntry.Kind.FILE) {
      return item;
    }
    byte[] start = start(piece.content().open());
    boolean gzip = start.length > 2 && start[0] == 0x1f && start[1] == (byte) 0x8b;
    if (gzip) {
      return isTar(gzipStart(piece)) ? read(new GZIPInputStream(buffered(piece))) : item;
    }
    if (isTar(start)) {
      return read(buffered(piece));
    }
    refuseOthers(piece, start);
    return item;
  }

  private static InputStream buffered(Piece piece) throws IOException {
    return new BufferedInputStream(piece.open(), 1 << 16);
  }

  private static byte[] start(InputStream content) throws IOException {
    try (InputStream in = content) {
      return in.readNBytes(HEADER);
    }
  }

  private static byte[] gzipStart(Piece piece) throws IOException {
    try (InputStream in = piece.content().open()) {
      return new GZIPInputStream(in).readNBytes(HEADER);
    } catch (java.util.zip.ZipException | java.io.EOFException e) {
      return new byte[0]; // a file that only begins like one
    }
  }

  private static boolean isTar(byte[] start) {
    return start.length == HEADER
        && new String(start, MAGIC_AT, 5, StandardCharsets.ISO_8859_1).equals("ustar");
  }

  private static void refuseOthers(Piece piece, byte[] start) {
    String hex = HexFormat.of().formatHex(Arrays.copyOf(start, Math.min(start.length, 6)));
    OTHERS.forEach(
        (magic, name) -> {
          if (hex.startsWith(magic)) {
            throw new IllegalArgumentException(
                piece.entry().path()
                    + " is compressed with "
                    + name
                    + ", which ADD cannot unpack yet: use a plain or gzip tar, or ADD"
                    + " --unpack=false");
          }
        });
  }

  private Item read(InputStream tar) throws IOException {
    try (InputStream in = tar) {
      Path spool = Files.createTempFile("jollyboat-add", ".tar");
      temporary.add(spool);
      return new Item(true, TarPieces.read(in, spool));
    }
  }

  @Override
  public void close() throws IOException {
    for (Path file : temporary) {
      Files.deleteIfExists(file);
    }
  }
}
