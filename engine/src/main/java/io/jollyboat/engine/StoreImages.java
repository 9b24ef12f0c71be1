package io.jollyboat.engine;

import io.jollyboat.ImageId;
import io.jollyboat.Images;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.store.ImageIndex;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The store's images, as users see them. */
final class StoreImages implements Images {
  private final ImageIndex index;
  private final Predicate<ImageId> inUse;

  StoreImages(ImageIndex index, Predicate<ImageId> inUse) {
    this.index = index;
    this.inUse = inUse;
  }

  @Override
  public List<StoredImage> list() {
    return index.list();
  }

  @Override
  public List<StoredImage> listAll() {
    return index.listAll();
  }

  @Override
  public Optional<StoredImage> find(String nameOrId) {
    return index.find(nameOrId);
  }

  @Override
  public void tag(ImageId id, String reference) {
    index.tag(id, ImageReference.parse(reference));
  }

  @Override
  public void remove(String nameOrId) {
    index.remove(nameOrId, inUse);
  }
}
