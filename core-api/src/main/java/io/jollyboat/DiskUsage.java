package io.jollyboat;

import java.util.List;

/**
 * What a store occupies, as {@code docker system df} tells it. Bytes are those of files, without
 * what a file system adds. Immutable.
 *
 * @param images every image, named or not, steps of builds left out, newest first
 * @param layers unpacked, and blobs as they were received or made; reclaimable is what no container
 *     needs
 * @param containers what they have written
 * @param volumes what is in them
 * @param buildCache the images of build steps, of which only what no other image has counts
 */
public record DiskUsage(
    List<ImageUsage> images, Part layers, Part containers, Part volumes, Part buildCache) {
  public DiskUsage {
    images = List.copyOf(images);
  }

  /**
   * One kind of things.
   *
   * @param active those in use
   * @param reclaimable what would come back if all that are not in use were removed
   */
  public record Part(int total, int active, Size size, Size reclaimable) {}

  /** Of all of them together. */
  public Size total() {
    return new Size(layers.size().bytes() + containers.size().bytes() + volumes.size().bytes());
  }
}
