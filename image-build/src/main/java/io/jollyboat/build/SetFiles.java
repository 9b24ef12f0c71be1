package io.jollyboat.build;

import io.jollyboat.FileSet;
import io.jollyboat.dockerfile.DockerIgnore;
import io.jollyboat.oci.Digest;
import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.MergedTree;
import io.jollyboat.spi.host.TreeEntry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a {@link FileSet} holds, with the modes that it gives and no times. */
final class SetFiles {
  private final FileSet files;

  private SetFiles(FileSet files) {
    this.files = files;
  }

  /** What goes to one destination. */
  record Placed(String destination, Item item) {}

  static List<Placed> of(FileSet files) throws IOException {
    SetFiles set = new SetFiles(files);
    List<Placed> all = new ArrayList<>();
    for (FileSet.Item item : files.items()) {
      all.add(new Placed(item.destination(), set.item(item)));
    }
    return List.copyOf(all);
  }

  private Item item(FileSet.Item item) throws IOException {
    if (item instanceof FileSet.Item.File file) {
      Path real = file.source().toRealPath();
      return normalized(real.resolveSibling("."), HostNames.of(real));
    }
    if (item instanceof FileSet.Item.Tree tree) {
      if (!Files.isDirectory(tree.directory())) {
        throw new IllegalArgumentException(tree.directory() + " is not a directory");
      }
      return normalized(tree.directory(), "");
    }
    byte[] content = ((FileSet.Item.Bytes) item).content();
    FileAttributes attributes = attributes(files.mode().orElse(0644));
    TreeEntry entry = TreeEntry.file("content", attributes, content.length);
    return Item.file(
        new Piece(
            entry, Optional.of(Digest.sha256(content)), () -> new ByteArrayInputStream(content)));
  }

  private Item normalized(Path root, String path) throws IOException {
    MergedTree tree = new ContextTree(root, DockerIgnore.none());
    Selection selection =
        new Selection(tree, FileDigests.BY_READING, DockerIgnore.none(), false, true);
    try {
      Item item = selection.exactly(path);
      List<Piece> pieces = item.pieces().stream().map(this::normalized).toList();
      return new Item(item.intoDirectory(), pieces);
    } catch (java.io.UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private Piece normalized(Piece piece) {
    TreeEntry entry = piece.entry();
    int mode =
        switch (entry.kind()) {
          case DIRECTORY -> 0755;
          case SYMLINK -> 0777;
          default -> files.mode().orElse((entry.attributes().mode() & 0111) == 0 ? 0644 : 0755);
        };
    return new Piece(entry.withAttributes(attributes(mode)), piece.digest(), piece.content());
  }

  private static FileAttributes attributes(int mode) {
    return new FileAttributes(mode, 0, 0, Instant.EPOCH);
  }
}
