package io.jollyboat.store;

import io.jollyboat.ImageId;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Manifest;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Images by id and by name. Safe for use by several threads and processes. */
@SuppressWarnings("DoNotCallSuggester")
public final class ImageIndex {
  /**
   * Adds an image that was built here, whose layers are in the store; one that is there already
   * stays what it is, but is no longer intermediate when it is not so here.
   *
   * @param parent the step before it
   * @param intermediate a step of a build, not its result
   * @throws io.jollyboat.StoreException when a layer is missing
   */
  public StoredImage add(ImageConfig config, Optional<ImageId> parent, boolean intermediate) {
    throw new UnsupportedOperationException();
  }

  /**
   * Adds an image that was pulled, whose layers are in the store, and names it.
   *
   * @param reference what was asked for; it becomes a name with its tag, or else its digest
   * @param resolved the digest that the registry gave for it, of the manifest or of an index
   * @throws io.jollyboat.StoreException when a layer is missing
   */
  public StoredImage addPulled(
      ImageReference reference, Digest resolved, Manifest manifest, ImageConfig config) {
    throw new UnsupportedOperationException();
  }

  /** Remembers that an image was pushed under a name, as this manifest. */
  public void addPushed(ImageId id, ImageReference reference, Manifest manifest) {
    throw new UnsupportedOperationException();
  }

  /**
   * Looks for a name first, then for an id or its beginning.
   *
   * @throws io.jollyboat.ConflictException when several ids begin so
   */
  public Optional<StoredImage> find(String nameOrId) {
    throw new UnsupportedOperationException();
  }

  public Optional<StoredImage> find(ImageId id) {
    throw new UnsupportedOperationException();
  }

  /** Named images and the results of builds, newest first. */
  public List<StoredImage> list() {
    throw new UnsupportedOperationException();
  }

  /** The steps of builds too. */
  public List<StoredImage> listAll() {
    throw new UnsupportedOperationException();
  }

  /**
   * Gives an image one more name, taking it from the image that had it.
   *
   * @throws io.jollyboat.ImageNotFoundException when the store has no such image
   * @throws IllegalArgumentException when the reference has a digest
   */
  public void tag(ImageId id, ImageReference reference) {
    throw new UnsupportedOperationException();
  }

  /**
   * Takes a name away; the image stays.
   *
   * @throws io.jollyboat.ImageNotFoundException when there is no such name
   */
  public void untag(ImageReference reference) {
    throw new UnsupportedOperationException();
  }

  /**
   * Removes a name, and with the last one the image, the steps it was built on that nothing else
   * needs, and their layers and blobs. An image that others were built on only loses its name. By
   * id, all names go.
   *
   * @param inUse whether a container uses an image
   * @throws io.jollyboat.ImageNotFoundException when the store has no such image
   * @throws io.jollyboat.ConflictException when a container uses the image, or, asked for by id,
   *     another image was built on it
   */
  public void remove(String nameOrId, Predicate<ImageId> inUse) {
    throw new UnsupportedOperationException();
  }

  /**
   * The manifest to push: the one that was received if its layers are here as they were, else one
   * made of the configuration and the layers' compressed blobs, which are made when missing.
   */
  public Manifest manifestFor(ImageId id) {
    throw new UnsupportedOperationException();
  }
}
