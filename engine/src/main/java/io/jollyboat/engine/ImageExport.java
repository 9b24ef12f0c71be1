package io.jollyboat.engine;

import io.jollyboat.ImageNotFoundException;
import io.jollyboat.StoreException;
import io.jollyboat.StoredImage;
import io.jollyboat.spi.host.FileLocks;
import io.jollyboat.spi.host.LayerTree;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.store.ImageStore;
import java.io.IOException;
import java.io.InputStream;

/** Gives the files of an image as one archive; its layers stay until that is closed. Immutable. */
final class ImageExport {
  private final ImageStore store;
  private final LayerTrees trees;

  ImageExport(ImageStore store, LayerTrees trees) {
    this.store = store;
    this.trees = trees;
  }

  InputStream export(String nameOrId) {
    CloseStack open = new CloseStack();
    try {
      FileLocks.Lock unused = open.push(store.lease());
      StoredImage image =
          store
              .images()
              .find(nameOrId)
              .orElseThrow(
                  () ->
                      new ImageNotFoundException(
                          "the store has no image \"" + nameOrId + "\"", nameOrId));
      LayerTree tree =
          open.push(
              trees
                  .subtree(ContainerPlans.layersTopFirst(store, image.config()), "")
                  .orElseThrow(
                      () -> new StoreException("image " + nameOrId + " has no root", null)));
      return ArchiveStream.of("jollyboat export of " + nameOrId, tree::forEach, open);
    } catch (IOException e) {
      open.close();
      throw new StoreException("cannot export image " + nameOrId + ": " + e, e);
    } catch (RuntimeException | Error e) {
      open.closeAfter(e);
      throw e;
    }
  }
}
