package io.jollyboat.engine;

import io.jollyboat.FileChange;
import io.jollyboat.FileChange.Kind;
import io.jollyboat.StoreException;
import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.FileNames;
import io.jollyboat.spi.host.LayerTree;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.spi.host.MergedTree;
import io.jollyboat.spi.host.TreeEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Compares what a container has written with its image. A directory that was only copied up, to
 * hold a change, is one itself, as Docker has it. Not safe for use by several threads.
 */
final class ChangedFiles {
  private final MergedTree image;
  private final Set<String> written = new HashSet<>();

  /** Directories of which the image's contents are not seen. */
  private final Set<String> covering = new HashSet<>();

  private final List<FileChange> changes = new ArrayList<>();

  private ChangedFiles(MergedTree image) {
    this.image = image;
  }

  /**
   * @param upper what was written, in overlayfs's form
   */
  static List<FileChange> find(LayerTrees trees, Path upper, List<Path> imageTopFirst) {
    try (LayerTree tree = trees.open(upper);
        MergedTree image = trees.merge(imageTopFirst)) {
      List<TreeEntry> entries = new ArrayList<>();
      tree.forEach((entry, content) -> entries.add(entry));
      ChangedFiles files = new ChangedFiles(image);
      entries.forEach(entry -> files.written.add(entry.path()));
      entries.stream().filter(entry -> !entry.path().isEmpty()).forEach(files::add);
      files.changes.sort(Comparator.comparing(FileChange::path, FileNames.BYTE_ORDER));
      return List.copyOf(files.changes);
    } catch (IOException e) {
      throw new StoreException("cannot read what the container has written: " + e.getMessage(), e);
    }
  }

  private void add(TreeEntry entry) {
    boolean covered = covering.contains(entry.parent());
    Optional<TreeEntry> before = covered ? Optional.empty() : image.find(entry.path());
    if (entry.kind() == TreeEntry.Kind.WHITEOUT) {
      before.ifPresent(gone -> add(Kind.DELETED, entry.path()));
      return;
    }
    boolean directory = entry.kind() == TreeEntry.Kind.DIRECTORY;
    boolean wasDirectory = before.isPresent() && before.get().kind() == TreeEntry.Kind.DIRECTORY;
    if (directory && (covered || !wasDirectory || entry.opaque())) {
      covering.add(entry.path());
    }
    if (directory && wasDirectory && entry.opaque()) {
      deletedBelow(entry.path());
    }
    if (before.isEmpty()) {
      add(Kind.ADDED, entry.path());
    } else if (!isUnchanged(entry, before.get())) {
      add(Kind.CHANGED, entry.path());
    }
  }

  private boolean isUnchanged(TreeEntry entry, TreeEntry before) {
    boolean directories =
        entry.kind() == TreeEntry.Kind.DIRECTORY && before.kind() == TreeEntry.Kind.DIRECTORY;
    FileAttributes now = entry.attributes();
    FileAttributes then = before.attributes();
    return directories
        && !entry.opaque()
        && now.mode() == then.mode()
        && now.uid() == then.uid()
        && now.gid() == then.gid()
        && now.modified().equals(then.modified())
        && written.stream().noneMatch(path -> path.startsWith(entry.path() + "/"));
  }

  /** An opaque directory hides what the image has, without a whiteout for each name. */
  private void deletedBelow(String directory) {
    for (TreeEntry hidden : image.list(directory)) {
      if (!written.contains(hidden.path())) {
        add(Kind.DELETED, hidden.path());
      }
    }
  }

  private void add(Kind kind, String path) {
    changes.add(new FileChange(kind, "/" + path));
  }
}
