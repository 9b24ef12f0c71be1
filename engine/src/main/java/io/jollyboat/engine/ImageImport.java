package io.jollyboat.engine;

import io.jollyboat.ContentException;
import io.jollyboat.ImportSpec;
import io.jollyboat.StoreException;
import io.jollyboat.StoredImage;
import io.jollyboat.build.ConfigChanges;
import io.jollyboat.oci.History;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.spi.host.FileLocks;
import io.jollyboat.store.ImageStore;
import io.jollyboat.store.Layer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Makes an image of an archive of a root file system, as a list of steps. Immutable. */
final class ImageImport {
  private final ImageStore store;

  ImageImport(ImageStore store) {
    this.store = store;
  }

  StoredImage importTar(Path archive, ImportSpec options) {
    try (InputStream content = Files.newInputStream(archive)) {
      return importTar(content, options);
    } catch (IOException e) {
      throw new StoreException("cannot read " + archive + ": " + e, e);
    }
  }

  StoredImage importTar(InputStream archive, ImportSpec options) {
    List<ImageReference> names = options.tags().stream().map(ImageReference::parse).toList();
    ImageConfig changed =
        ConfigChanges.apply(ImageConfig.builder(options.platform()).build(), options.changes());
    try (FileLocks.Lock lease = store.lease()) {
      Layer layer =
          store
              .layers()
              .pack(archive)
              .orElseThrow(
                  () -> new ContentException("the archive of a root file system is empty", null));
      Instant now = Instant.now();
      History entry =
          History.of(now, "").withComment(options.message().orElse("Imported from an archive"));
      ImageConfig config = changed.toBuilder().created(now).layer(layer.diffId(), entry).build();
      return store.images().add(config, Optional.empty(), names);
    }
  }
}
