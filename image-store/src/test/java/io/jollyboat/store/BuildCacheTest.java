package io.jollyboat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.StoredImage;
import io.jollyboat.oci.Digest;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class BuildCacheTest extends StoreTest {
  private static final Digest KEY = Digest.sha256(new byte[] {1});

  @Test
  void find_whatWasPut_withItsInputs() {
    StoredImage image = store.images().add(config("x", List.of()), Optional.empty(), false);
    assertTrue(store.cache().find(KEY).isEmpty());
    String inputs = "RUN a\\n\nparent x\r\n";
    store.cache().put(KEY, image.id(), inputs, Optional.empty());
    assertEquals(
        Optional.of(new BuildCache.Hit(image.id(), inputs, Optional.empty())),
        store.cache().find(KEY));
  }

  @Test
  void find_imageIsGone_isAMiss() {
    StoredImage image = store.images().add(config("x", List.of()), Optional.empty(), false);
    store.cache().put(KEY, image.id(), "", Optional.empty());
    store.images().remove(image.id().toString(), id -> List.of());
    assertTrue(store.cache().find(KEY).isEmpty());
  }
}
