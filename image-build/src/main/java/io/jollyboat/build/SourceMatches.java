package io.jollyboat.build;

import io.jollyboat.spi.host.MergedTree;
import io.jollyboat.spi.host.TreeEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds what the sources of a COPY mean in a tree: wildcards, and links at their own path. */
final class SourceMatches {
  private final MergedTree tree;

  SourceMatches(MergedTree tree) {
    this.tree = tree;
  }

  /**
   * The paths that a source means, in order; without a wildcard exactly one.
   *
   * @throws MissingSource when there is no such file; a wildcard that matches nothing is none
   */
  List<String> find(String source) throws MissingSource {
    if (!GoPattern.isPattern(source)) {
      String path = TreePath.clean(source);
      if (!exists(path)) {
        throw new MissingSource(source, closest(path));
      }
      return List.of(path);
    }
    List<String> found = List.of("");
    for (String element : TreePath.parts(TreePath.clean(source))) {
      found = below(found, element);
    }
    return found;
  }

  private List<String> below(List<String> directories, String element) {
    List<String> found = new ArrayList<>();
    boolean isPattern = GoPattern.isPattern(element);
    GoPattern pattern = GoPattern.of(element);
    for (String directory : directories) {
      if (!isPattern) {
        String path = TreePath.child(directory, element);
        if (exists(path)) {
          found.add(path);
        }
        continue;
      }
      for (TreeEntry entry : tree.list(directory)) {
        if (pattern.matches(entry.name())) {
          found.add(entry.path());
        }
      }
    }
    return found;
  }

  private boolean exists(String path) {
    return path.isEmpty() || tree.find(tree.resolve(path)).isPresent();
  }

  /** The name in the same directory, or in the deepest one that exists, that is most alike. */
  private Optional<String> closest(String path) {
    String directory = TreePath.parent(path);
    String wanted = TreePath.name(path);
    while (!exists(directory)) {
      wanted = TreePath.name(directory);
      directory = TreePath.parent(directory);
    }
    String name = wanted;
    return tree.list(directory).stream()
        .map(TreeEntry::path)
        .filter(candidate -> distance(TreePath.name(candidate), name) <= 2 + name.length() / 3)
        .min(Comparator.comparingInt(candidate -> distance(TreePath.name(candidate), name)));
  }

  /** Characters to insert, delete or replace, whatever their case. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        char x = Character.toLowerCase(a.charAt(i - 1));
        char y = Character.toLowerCase(b.charAt(j - 1));
        int replaced = diagonal + (x == y ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }

  /** A source without a wildcard that is not there. */
  static final class MissingSource extends Exception {
    private static final long serialVersionUID = 1L;
    private final String source;
    private final transient Optional<String> closest;

    MissingSource(String source, Optional<String> closest) {
      super(source);
      this.source = source;
      this.closest = closest;
    }

    String source() {
      return source;
    }

    Optional<String> closest() {
      return closest;
    }
  }
}
