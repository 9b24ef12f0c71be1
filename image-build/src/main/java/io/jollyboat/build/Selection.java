package io.jollyboat.build;

import io.jollyboat.dockerfile.DockerIgnore;
import io.jollyboat.oci.Digest;
import io.jollyboat.spi.host.MergedTree;
import io.jollyboat.spi.host.TreeEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the sources of a COPY select in a tree: a directory's contents, a file by its name, what is
 * excluded left out. Not safe for use by several threads.
 */
final class Selection {
  private final MergedTree tree;
  private final FileDigests digests;
  private final DockerIgnore excluded;
  private final boolean keepParents;
  private final boolean hostile;

  /**
   * @param keepParents {@code --parents}
   * @param hostile sockets and devices are errors rather than copied
   */
  Selection(
      MergedTree tree,
      FileDigests digests,
      DockerIgnore excluded,
      boolean keepParents,
      boolean hostile) {
    this.tree = tree;
    this.digests = digests;
    this.excluded = excluded;
    this.keepParents = keepParents;
    this.hostile = hostile;
  }

  /**
   * @throws IllegalArgumentException a file of a kind that cannot be copied
   */
  List<Item> select(String source) throws SourceMatches.MissingSource {
    List<Item> items = new ArrayList<>();
    String pivot = keepParents ? pivot(source) : "";
    for (String path : new SourceMatches(tree).find(source)) {
      Optional<Item> item = keepParents ? withParents(path, pivot) : item(path);
      item.ifPresent(items::add);
    }
    return items;
  }

  /**
   * What is at one path, wildcards meaning themselves.
   *
   * @throws IllegalArgumentException nothing is there
   */
  Item exactly(String path) {
    return item(path)
        .orElseThrow(() -> new IllegalArgumentException(path + " is not a file to copy"));
  }

  /** The part of the source before {@code /./}, which is not kept. */
  private static String pivot(String source) {
    int at = source.indexOf("/./");
    return at < 0 ? "" : TreePath.clean(source.substring(0, at));
  }

  private Optional<Item> item(String path) {
    String real = tree.resolve(path);
    TreeEntry top = top(real);
    if (top.kind() == TreeEntry.Kind.DIRECTORY) {
      List<Piece> pieces = new ArrayList<>();
      descend(real, "", pieces);
      return Optional.of(new Item(true, pieces));
    }
    String name = TreePath.name(path);
    if (excluded.excludes(name) || excluded.excludes(path)) {
      return Optional.empty();
    }
    return piece(top, name).map(Item::file);
  }

  private TreeEntry top(String real) {
    return tree.find(real)
        .orElseThrow(() -> new IllegalArgumentException(real + " vanished while it was read"));
  }

  private Optional<Item> withParents(String path, String pivot) {
    List<Piece> pieces = new ArrayList<>();
    String kept = pivot.isEmpty() ? path : cut(path, pivot);
    String below = "";
    for (String part : TreePath.parts(TreePath.parent(kept))) {
      below = TreePath.child(below, part);
      String real = tree.resolve(TreePath.child(pivot, below));
      pieces.add(Piece.withoutContent(top(real).withPath(below)));
    }
    String real = tree.resolve(path);
    TreeEntry top = top(real);
    if (top.kind() == TreeEntry.Kind.DIRECTORY) {
      if (!kept.isEmpty()) {
        pieces.add(Piece.withoutContent(top.withPath(kept)));
      }
      descend(real, kept, pieces);
    } else if (!excluded.excludes(kept)) {
      piece(top, kept).ifPresent(pieces::add);
    }
    return Optional.of(new Item(true, pieces));
  }

  private static String cut(String path, String pivot) {
    return path.startsWith(pivot + "/") ? path.substring(pivot.length() + 1) : TreePath.name(path);
  }

  /**
   * @param prefix what stands before the names in the pieces' paths
   */
  private void descend(String directory, String prefix, List<Piece> pieces) {
    for (TreeEntry entry : tree.list(directory)) {
      String relative = TreePath.child(prefix, entry.name());
      boolean left = excluded.excludes(relative);
      if (left && excluded.excludesAllBelow(relative)) {
        continue;
      }
      Optional<Piece> piece = piece(entry, relative);
      int before = pieces.size();
      piece.ifPresent(pieces::add);
      if (entry.kind() == TreeEntry.Kind.DIRECTORY) {
        descend(entry.path(), relative, pieces);
        if (left && pieces.size() == before + 1) {
          pieces.remove(before);
        }
      }
    }
  }

  private Optional<Piece> piece(TreeEntry entry, String path) {
    return switch (entry.kind()) {
      case FILE, HARD_LINK -> Optional.of(file(entry, path));
      case DIRECTORY, SYMLINK -> Optional.of(Piece.withoutContent(entry.withPath(path)));
      case WHITEOUT -> Optional.empty();
      case SOCKET, FIFO, CHARACTER_DEVICE, BLOCK_DEVICE -> special(entry, path);
    };
  }

  private Optional<Piece> special(TreeEntry entry, String path) {
    if (hostile) {
      String kind = entry.kind().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
      throw new IllegalArgumentException(
          entry.path()
              + " is a "
              + kind
              + ", which cannot be copied: remove it, or name it in .dockerignore");
    }
    return entry.kind() == TreeEntry.Kind.SOCKET
        ? Optional.empty()
        : Optional.of(Piece.withoutContent(entry.withPath(path)));
  }

  private Piece file(TreeEntry entry, String path) {
    String source = entry.path();
    try {
      Digest digest = digests.digest(tree, source);
      TreeEntry file = TreeEntry.file(path, entry.attributes(), entry.size());
      return new Piece(file, Optional.of(digest), () -> tree.open(source));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + source + ": " + e.getMessage(), e);
    }
  }
}
