package io.jollyboat;

import java.util.List;

/**
 * What {@link Images#prune} has removed. Immutable.
 *
 * @param images with the names that they had
 * @param reclaimed bytes of layers and blobs that are no longer there; those that somebody may need
 *     who pulls or builds at the moment go later, and are not counted
 */
public record Pruned(List<StoredImage> images, Size reclaimed) {
  public Pruned {
    images = List.copyOf(images);
  }
}
