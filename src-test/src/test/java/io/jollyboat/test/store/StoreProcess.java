package io.jollyboat.test.store;

import io.jollyboat.oci.Digest;
import io.jollyboat.oci.History;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Platform;
import io.jollyboat.spi.host.FileLocks;
import io.jollyboat.store.ImageStore;
import io.jollyboat.store.Layer;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A second user of a store, in a process of its own: {@code unpack ROOT TAR DIFF-ID} or {@code
 * images ROOT PREFIX COUNT}.
 */
final class StoreProcess {
  private StoreProcess() {}

  public static void main(String[] args) throws IOException {
    try (ImageStore store = StoreFixture.openAt(Path.of(args[1]))) {
      if (args[0].equals("unpack")) {
        unpack(store, Path.of(args[2]), Digest.parse(args[3]));
      } else {
        addImages(store, args[2], Integer.parseInt(args[3]));
      }
    }
  }

  private static void unpack(ImageStore store, Path tar, Digest diffId) throws IOException {
    try (InputStream content = new FileInputStream(tar.toFile())) {
      Layer layer = store.layers().unpack(Optional.empty(), diffId, content);
      System.out.println(layer.chainId());
    }
  }

  private static void addImages(ImageStore store, String prefix, int count) {
    for (int i = 0; i < count; i++) {
      FileLocks.Lock lease = store.lease();
      try {
        ImageConfig config =
            ImageConfig.builder(Platform.of("linux", "amd64"))
                .created(Instant.EPOCH)
                .history(History.empty(Instant.EPOCH, prefix + i))
                .build();
        var image = store.images().add(config, Optional.empty(), false);
        store.images().tag(image.id(), ImageReference.parse("image:" + prefix + i));
        store.cache().put(Digest.sha256(config.bytes()), image.id(), prefix, Optional.empty());
      } finally {
        lease.close();
      }
      if (i % 3 == 0) {
        store.images().remove("image:" + prefix + i, id -> List.of());
      }
    }
  }
}
