package io.jollyboat.linux.launcher;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An overlay that becomes the container's root, or is mounted in it.
 *
 * @param mountPoint of the root: any directory of the host; only the container's mount namespace
 *     sees the mount
 * @param layers directory that relative names in {@code lowers} start from
 * @param lowers at most 128 directories, the topmost first
 * @param writable where changes go; without it the root is read-only
 * @param options further options of the file system, such as {@code userxattr}
 * @param mappedIds its files' ids are those of {@link OperationsBuilder#mapIds}; then both writable
 *     directories have one parent
 */
public record OverlayRoot(
    String mountPoint,
    String layers,
    List<String> lowers,
    Optional<Writable> writable,
    List<String> options,
    boolean mappedIds) {

  /** The most layers that an image may have. */
  public static final int MOST_LAYERS = 127;

  /** The most lower directories: an image's, and what all containers have below them. */
  static final int MOST_LOWERS = MOST_LAYERS + 1;

  /** With the ids that the layers' files have. */
  public OverlayRoot(
      String mountPoint,
      String layers,
      List<String> lowers,
      Optional<Writable> writable,
      List<String> options) {
    this(mountPoint, layers, lowers, writable, options, false);
  }

  public OverlayRoot {
    lowers = List.copyOf(lowers);
    options = List.copyOf(options);
    if (lowers.isEmpty() || lowers.size() > MOST_LOWERS) {
      throw new IllegalArgumentException(
          "an overlay has 1 to " + MOST_LOWERS + " lower directories, not " + lowers.size());
    }
  }

  /** One in the root, whose directories have absolute names. */
  public static OverlayRoot inside(
      List<String> lowers, Optional<Writable> writable, List<String> options) {
    return new OverlayRoot("", "/", lowers, writable, options);
  }

  /** As the launcher reads them. */
  List<String> strings() {
    List<String> strings = new ArrayList<>(lowers.size() + 4);
    strings.add(String.join(",", options));
    strings.add(writable.map(Writable::upper).orElse(""));
    strings.add(writable.map(Writable::work).orElse(""));
    strings.add(layers);
    strings.addAll(lowers);
    return strings;
  }

  /** The two directories of one file system that an overlay needs for changes. */
  public record Writable(String upper, String work) {}
}
