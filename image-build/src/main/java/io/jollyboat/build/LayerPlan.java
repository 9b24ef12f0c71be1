package io.jollyboat.build;

import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.MergedTree;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeEntry.Kind;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a layer that adds files to an image: each at its place once the links of what is
 * below were followed, together with the directories above it as they are below. Not safe for use
 * by several threads.
 */
final class LayerPlan {
  private static final int MOST_LINKS = 40;

  private final MergedTree below;
  private final Marks marks;
  private final SortedMap<String, Piece> planned = new TreeMap<>(TreePath.ORDER);
  private final Set<String> fresh = new HashSet<>();
  private final HardLinks links = new HardLinks();
  private boolean unpacking;

  LayerPlan(MergedTree below, Marks marks) {
    this.below = below;
    this.marks = marks;
  }

  /**
   * What is changed about everything that comes in.
   *
   * @param owner of all of it; empty: as it comes
   * @param directoryTime of directories that did not exist
   * @param replace links and files in the way are replaced, not followed or refused: {@code --link}
   */
  record Marks(
      Optional<Accounts.Owner> owner,
      Optional<Permissions> permissions,
      Instant directoryTime,
      boolean replace) {

    TreeEntry apply(TreeEntry entry) {
      TreeEntry owned = owned(entry);
      FileAttributes attributes = owned.attributes();
      if (permissions.isPresent() && entry.kind() != Kind.SYMLINK) {
        int mode = attributes.mode();
        boolean directory = entry.kind() == Kind.DIRECTORY;
        attributes = attributes.withMode(permissions.get().applyTo(mode, directory));
      }
      return entry.withAttributes(attributes);
    }

    TreeEntry owned(TreeEntry entry) {
      return owner.isEmpty()
          ? entry
          : entry.withAttributes(
              entry.attributes().withOwner(owner.get().uid(), owner.get().gid()));
    }

    private TreeEntry newDirectory(String path) {
      return apply(TreeEntry.directory(path, new FileAttributes(0755, 0, 0, directoryTime)));
    }
  }

  /** The pieces in the order in which a tree is written. */
  Collection<Piece> pieces() {
    return links.written(planned);
  }

  /**
   * Copies as COPY does.
   *
   * @param destination absolute
   * @param isDirectory it ends in a slash, or several sources go there
   * @throws IllegalArgumentException something in the way
   */
  void copy(Item item, String destination, boolean isDirectory) {
    unpacking = item.unpacked();
    String path = located(TreePath.clean(destination));
    if (item.intoDirectory() || isDirectory || isDirectory(path)) {
      intoDirectory(item, path);
    } else {
      String parent = directory(TreePath.parent(path));
      put(item.pieces().get(0).at(TreePath.child(parent, TreePath.name(path))));
    }
  }

  /** Whether a directory is at this destination, so that several sources can go there. */
  boolean isDirectoryAt(String destination) {
    return isDirectory(located(TreePath.clean(destination)));
  }

  private boolean isDirectory(String path) {
    return path.isEmpty() || kindAt(path).equals(Optional.of(Kind.DIRECTORY));
  }

  private String located(String path) {
    return marks.replace() ? path : below.resolve(path);
  }

  private void intoDirectory(Item item, String path) {
    Map<String, String> places = new HashMap<>();
    Map<String, String> put = new HashMap<>();
    places.put("", directory(path));
    for (Piece piece : item.pieces()) {
      String parent = TreePath.parent(piece.entry().path());
      String place =
          places.computeIfAbsent(parent, p -> directory(TreePath.child(places.get(""), p)));
      Piece moved = piece.at(TreePath.child(place, piece.entry().name()));
      if (piece.entry().kind() == Kind.DIRECTORY) {
        places.put(piece.entry().path(), putDirectory(moved));
      } else if (piece.entry().kind() == Kind.HARD_LINK) {
        putLink(moved, put.get(piece.entry().link()));
      } else {
        put(moved);
        put.put(piece.entry().path(), moved.entry().path());
      }
    }
  }

  /** Makes sure of a directory and those above it, and says where it is. */
  private String directory(String path) {
    if (path.isEmpty()) {
      return "";
    }
    Piece known = planned.get(path);
    if (known != null && unpacking && known.entry().kind() == Kind.SYMLINK) {
      return directory(linked(path, known.entry().link()));
    }
    if (known != null) {
      return checkDirectory(path, known.entry());
    }
    String parent = directory(TreePath.parent(path));
    String place = TreePath.child(parent, TreePath.name(path));
    Optional<TreeEntry> existing = existing(place);
    if (existing.isPresent() && existing.get().kind() == Kind.SYMLINK && !marks.replace()) {
      String target = below.resolve(place);
      return target.equals(place) ? checkDirectory(place, existing.get()) : directory(target);
    }
    if (existing.isPresent() && existing.get().kind() == Kind.DIRECTORY) {
      planned.put(place, Piece.withoutContent(existing.get().withPath(place)));
    } else if (existing.isPresent() && !marks.replace()) {
      return checkDirectory(place, existing.get());
    } else {
      planned.put(place, Piece.withoutContent(marks.newDirectory(place)));
      fresh.add(place);
    }
    return place;
  }

  /** Where a link that was unpacked here leads; a chain of them ends. */
  private String linked(String path, String target) {
    String at = path;
    String to = target;
    for (int i = 0; i < MOST_LINKS; i++) {
      at = TreePath.clean(TreePath.absolute("/" + TreePath.parent(at), to));
      Piece next = planned.get(at);
      if (next == null || next.entry().kind() != Kind.SYMLINK) {
        return at;
      }
      to = next.entry().link();
    }
    throw new IllegalArgumentException("the links of /" + path + " have no end");
  }

  private static String checkDirectory(String path, TreeEntry entry) {
    if (entry.kind() != Kind.DIRECTORY) {
      throw new IllegalArgumentException(
          "/" + path + " is not a directory in the image: nothing can be copied into it");
    }
    return path;
  }

  private void put(Piece piece) {
    String path = piece.entry().path();
    if (unpacking) {
      planned.keySet().removeIf(known -> known.startsWith(path + "/"));
    } else if (isDirectory(path) && (!marks.replace() || planned.containsKey(path))) {
      throw new IllegalArgumentException(
          "cannot replace the directory /" + path + " with a file: remove it in an earlier step");
    }
    links.forget(path);
    planned.put(path, new Piece(marked(piece.entry()), piece.digest(), piece.content()));
  }

  /** An archive's modes are its own. */
  private TreeEntry marked(TreeEntry entry) {
    return unpacking ? marks.owned(entry) : marks.apply(entry);
  }

  /** One more name of a file that was put before. */
  private void putLink(Piece link, @Nullable String first) {
    Piece named = first == null ? null : planned.get(first);
    if (first == null || named == null) {
      throw new IllegalArgumentException(
          "the archive's link "
              + link.entry().path()
              + " names "
              + link.entry().link()
              + ", which was replaced");
    }
    put(named.at(link.entry().path()));
    links.add(first, link.entry().path());
  }

  /** Where the directory is, which a link in the image may have moved. */
  private String putDirectory(Piece piece) {
    String path = piece.entry().path();
    Optional<Kind> kind = kindAt(path);
    boolean link = kind.equals(Optional.of(Kind.SYMLINK));
    if (link && !marks.replace() && isDirectory(below.resolve(path))) {
      String target = directory(below.resolve(path));
      if (unpacking) {
        planned.put(target, Piece.withoutContent(marked(piece.entry().withPath(target))));
      }
      return target;
    }
    boolean replaces = marks.replace() || unpacking;
    if (kind.isPresent() && kind.get() != Kind.DIRECTORY && !replaces) {
      throw new IllegalArgumentException(
          "cannot replace the file /" + path + " with a directory: remove it in an earlier step");
    }
    links.forget(path);
    planned.put(path, Piece.withoutContent(marked(piece.entry())));
    if (kind.isEmpty() || (unpacking && kind.get() != Kind.DIRECTORY)) {
      fresh.add(path);
    }
    return path;
  }

  private Optional<Kind> kindAt(String path) {
    Piece known = planned.get(path);
    return known != null ? Optional.of(known.entry().kind()) : existing(path).map(TreeEntry::kind);
  }

  /** Nothing is below a directory that this layer makes. */
  private Optional<TreeEntry> existing(String path) {
    return fresh.contains(TreePath.parent(path)) ? Optional.empty() : below.find(path);
  }
}
