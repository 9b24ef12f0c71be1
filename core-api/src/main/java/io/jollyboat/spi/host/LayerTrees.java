package io.jollyboat.spi.host;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Writes, reads and deletes the directory trees of layers, whose names and links a stranger chose:
 * nothing outside a tree is ever read or changed through it. Safe for use by several threads; the
 * objects that it returns are not.
 */
public interface LayerTrees {
  /**
   * Opens a new tree for writing.
   *
   * @param directory made by this call, mode 0755; its parent exists
   */
  TreeWriter create(Path directory);

  /** Opens one layer's tree as it lies on disk, whiteouts and all. */
  LayerTree open(Path directory);

  /**
   * Opens the merged view of some layers.
   *
   * @param layersTopFirst directories, the uppermost layer first; may be empty
   */
  MergedTree merge(List<Path> layersTopFirst);

  /**
   * Opens the merged view of some layers and of one more that receives what is changed in it.
   *
   * @param layersTopFirst may be empty
   * @param upper an empty directory, afterwards in overlayfs's form
   * @param work an empty directory on the same file system, for overlayfs's own use
   */
  EditableTree edit(List<Path> layersTopFirst, Path upper, Path work);

  /**
   * Opens a directory of the merged view of some layers, as a tree of its own without whiteouts;
   * links on the path are followed inside the view. Empty when there is no directory there.
   */
  Optional<LayerTree> subtree(List<Path> layersTopFirst, String path);

  /**
   * The kind of extended attributes that overlayfs's marks are, {@code trusted} or {@code user}: a
   * store of one kind cannot be read as the other.
   */
  String overlayFlavour();

  /**
   * What the owners of files on disk are to those of images: {@code identity} for root, otherwise
   * the map of the user namespace. A store of one map cannot be read by another.
   */
  String ids();

  /** Flushes to disk what was written to the file system that holds this directory. */
  void flush(Path directory);

  /** Deletes a tree with everything in it; nothing happens when it does not exist. */
  void delete(Path directory);
}
