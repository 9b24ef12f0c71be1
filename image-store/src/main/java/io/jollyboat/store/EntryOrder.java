package io.jollyboat.store;

import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.FileNames;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeEntry.Kind;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds a list of entries to the order in which a tree is read back, so that the tar of the list is
 * the tar of the tree. Not safe for use by several threads.
 */
final class EntryOrder {
  private final Map<String, TreeEntry> seen = new HashMap<>();
  private @Nullable TreeEntry last;

  /** The entry as the tree will give it back. */
  TreeEntry checked(TreeEntry entry) {
    if (!entry.path().isEmpty()) {
      check(entry);
      last = entry;
    }
    if (seen.put(entry.path(), entry) != null) {
      throw new IllegalArgumentException("two entries for \"" + entry.path() + "\"");
    }
    return entry.kind() == Kind.HARD_LINK ? entry.withAttributes(target(entry)) : entry;
  }

  private void check(TreeEntry entry) {
    TreeEntry parent = seen.get(entry.parent());
    boolean inRoot = entry.parent().isEmpty();
    if (!inRoot && (parent == null || parent.kind() != Kind.DIRECTORY)) {
      throw new IllegalArgumentException(
          "\"" + entry.path() + "\" comes without the directory that holds it");
    }
    if (last != null && compare(last, entry) >= 0) {
      throw new IllegalArgumentException(
          "\"" + entry.path() + "\" must come before \"" + last.path() + "\"");
    }
  }

  private FileAttributes target(TreeEntry entry) {
    TreeEntry first = seen.get(entry.link());
    if (first == null || first.kind() == Kind.DIRECTORY || first.kind() == Kind.HARD_LINK) {
      throw new IllegalArgumentException(
          "\"" + entry.path() + "\" is a link to what was not written before: " + entry.link());
    }
    return first.attributes();
  }

  /** Depth first, siblings by their names' bytes, whiteouts before the others. */
  private static int compare(TreeEntry a, TreeEntry b) {
    String[] left = a.path().split("/");
    String[] right = b.path().split("/");
    int same = 0;
    while (same < left.length && same < right.length && left[same].equals(right[same])) {
      same++;
    }
    if (same == left.length || same == right.length) {
      return left.length - right.length;
    }
    boolean leftHides = same == left.length - 1 && a.kind() == Kind.WHITEOUT;
    boolean rightHides = same == right.length - 1 && b.kind() == Kind.WHITEOUT;
    if (leftHides != rightHides) {
      return leftHides ? -1 : 1;
    }
    return FileNames.BYTE_ORDER.compare(left[same], right[same]);
  }
}
