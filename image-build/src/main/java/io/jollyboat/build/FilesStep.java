package io.jollyboat.build;

import io.jollyboat.FileSet;
import io.jollyboat.Progress;
import io.jollyboat.dockerfile.DockerIgnore;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Files of the program as a layer: no times, directories 0755. Not safe for use by several threads.
 */
final class FilesStep implements StepWork {
  private final StepBase base;
  private final FileSet files;
  private @Nullable List<Placed> placed;

  FilesStep(StepBase base, FileSet files) {
    this.base = base;
    this.files = files;
  }

  private record Placed(String destination, Item item) {}

  /** For people. */
  static String summary(FileSet files) {
    return files.items().stream().map(FileSet.Item::destination).collect(Collectors.joining(" "));
  }

  @Override
  public void describe(KeyText key) throws IOException {
    key.add("instruction", "FILES").add("owner", files.owner());
    List<Placed> found = new ArrayList<>();
    for (FileSet.Item item : files.items()) {
      Placed one = new Placed(item.destination(), item(item));
      key.add("destination", one.destination());
      one.item().describe(key);
      found.add(one);
    }
    placed = found;
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

  @Override
  public ImageConfig execute(Progress.Step step) throws IOException {
    LayerPlan.Marks marks =
        new LayerPlan.Marks(
            Optional.of(base.accounts().owner(files.owner())),
            Optional.empty(),
            Instant.EPOCH,
            false);
    LayerPlan plan = new LayerPlan(base.tree(), marks);
    List<Placed> all = placed == null ? List.of() : placed;
    for (Placed one : all) {
      if (!one.item().intoDirectory() && plan.isDirectoryAt(one.destination())) {
        throw new IllegalArgumentException(
            one.destination() + " is a directory in the image: a file cannot take its place");
      }
      plan.copy(one.item(), one.destination(), false);
    }
    HostBase.checkWritable(base.config(), plan.pieces());
    Optional<Digest> layer =
        base.build().store().write(base.config().diffIds(), List.copyOf(plan.pieces()));
    return base.finished(base.config().toBuilder(), layer, "FILES " + summary(files));
  }
}
