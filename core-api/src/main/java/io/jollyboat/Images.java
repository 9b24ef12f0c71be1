package io.jollyboat;

import java.util.List;
import java.util.Optional;

/** The images of the store. Safe for use by several threads. */
public interface Images {
  /** Named images and the results of builds, newest first. */
  List<StoredImage> list();

  /** The steps of builds too. */
  List<StoredImage> listAll();

  /**
   * Looks for a name first, then for an id or its beginning.
   *
   * @throws ConflictException when several ids begin so
   */
  Optional<StoredImage> find(String nameOrId);

  /**
   * Gives an image one more name, taking it from the image that had it.
   *
   * @throws ImageNotFoundException when the store has no such image
   */
  void tag(ImageId id, String reference);

  /**
   * Removes a name, and the image with the last of them.
   *
   * @throws ImageNotFoundException when the store has no such image
   * @throws ConflictException when a container or another image uses it
   */
  void remove(String nameOrId);
}
