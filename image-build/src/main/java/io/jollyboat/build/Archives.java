package io.jollyboat.build;

import io.jollyboat.dockerfile.Add;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.store.TreeArchive;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Archives that ADD unpacks, told by their content: tar, plain or compressed by gzip, zstd, xz or
 * bzip2. Closing it deletes what was decompressed. Not safe for use by several threads.
 */
final class Archives implements AutoCloseable {
  private final BuildStore store;
  private final List<BuildStore.Changes> places = new ArrayList<>();

  Archives(BuildStore store) {
    this.store = store;
  }

  /**
   * The items, each archive as the files in it.
   *
   * @param fetched those of them that are unpacked only when asked for
   */
  List<Item> unpacked(List<Item> items, Add add, List<Item> fetched) throws IOException {
    List<Item> result = new ArrayList<>();
    for (Item item : items) {
      boolean wanted = add.unpack().orElse(!fetched.contains(item));
      result.add(wanted && isArchive(item) ? unpacked(item.pieces().get(0)) : item);
    }
    return result;
  }

  private static boolean isArchive(Item item) throws IOException {
    if (item.intoDirectory() || item.pieces().get(0).entry().kind() != TreeEntry.Kind.FILE) {
      return false;
    }
    try (InputStream in = item.pieces().get(0).content().open()) {
      return TreeArchive.isArchive(in);
    }
  }

  private Item unpacked(Piece archive) throws IOException {
    BuildStore.Changes place = store.begin();
    places.add(place);
    Path spool = place.work().resolve("contents");
    try (InputStream in = new BufferedInputStream(archive.open(), 1 << 16);
        ArchivePieces pieces = new ArchivePieces(spool)) {
      TreeArchive.unpack(in, pieces);
      in.transferTo(OutputStream.nullOutputStream()); // its digest is of all bytes
      return new Item(true, pieces.all(), true);
    } catch (IOException e) {
      throw new IOException("cannot unpack " + archive.entry().path() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    places.forEach(BuildStore.Changes::close);
  }
}
