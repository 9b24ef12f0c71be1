package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.launcher.OperationsBuilder;
import io.jollyboat.linux.launcher.OverlayRoot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The overlay that becomes a container's root.
 *
 * @param mountPoint any directory of the host; the mount is seen in the container's namespace only
 * @param layersTopFirst lower directories, at least one
 * @param layersDirectory those of the layers that lie below it are named from there, as what the
 *     kernel takes of names in all is short
 * @param writable receives what the container changes; without it the root cannot be written
 * @param readOnly the container may not write, though there is a place to
 */
public record RootFileSystem(
    Path mountPoint,
    List<Path> layersTopFirst,
    Path layersDirectory,
    Optional<Writable> writable,
    boolean readOnly) {

  /**
   * Otherwise the kernel flushes the whole file system of the upper directory when the container
   * ends, whoever else writes to it. Who keeps the upper directory flushes it himself.
   */
  private static final String VOLATILE = "volatile";

  /**
   * Two directories of one file system.
   *
   * @param disk the file system, when it is one of the container's own
   */
  public record Writable(Path upper, Path work, Optional<RootDisk> disk) {
    public Writable(Path upper, Path work) {
      this(upper, work, Optional.empty());
    }

    /** On a disk, as a container has it. */
    public static Writable on(RootDisk disk) {
      Path place = disk.place();
      return new Writable(place.resolve("upper"), place.resolve("work"), Optional.of(disk));
    }
  }

  /** Before the overlay: its directories' file system, when that is one of its own. */
  void attachDisk(OperationsBuilder operations) {
    writable
        .flatMap(Writable::disk)
        .ifPresent(disk -> operations.attach(disk.mountForStart(), disk.place().toString()));
  }

  public RootFileSystem {
    layersTopFirst = List.copyOf(layersTopFirst);
  }

  /**
   * @param mappedIds the layers' ids are those of the container's own user namespace
   * @param ofUser mounted in a user namespace, where the overlay's own attributes are the user's
   */
  OverlayRoot overlay(boolean mappedIds, boolean ofUser) {
    List<String> options = new ArrayList<>();
    if (writable.isPresent()) {
      options.add(VOLATILE);
    }
    if (ofUser) {
      options.add("userxattr");
    }
    List<String> lowers =
        layersTopFirst.stream()
            .map(
                layer ->
                    layer.startsWith(layersDirectory) ? layersDirectory.relativize(layer) : layer)
            .map(Path::toString)
            .toList();
    return new OverlayRoot(
        mountPoint.toString(),
        layersDirectory.toString(),
        lowers,
        writable.map(w -> new OverlayRoot.Writable(w.upper().toString(), w.work().toString())),
        options,
        mappedIds);
  }
}
