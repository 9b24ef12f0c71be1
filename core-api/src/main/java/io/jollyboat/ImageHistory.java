package io.jollyboat;

import io.jollyboat.oci.History;
import io.jollyboat.oci.ImageReference;
import java.util.List;
import java.util.Optional;

/**
 * One line of an image's history, as {@code docker history} shows it. Immutable.
 *
 * @param image the step, where the store has it as an image
 * @param entry when and how it came about, from the image's configuration
 * @param size of the files in its layer; zero when it made none
 * @param names of the step's image
 */
public record ImageHistory(
    Optional<ImageId> image, History entry, Size size, List<ImageReference> names) {
  public ImageHistory {
    names = List.copyOf(names);
  }
}
