package io.jollyboat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.jollyboat.ImageId;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.ImageReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ImageListingTest extends StoreTest {
  private StoredImage image(String text) {
    StoredImage image = store.images().add(config(text, List.of()), Optional.empty(), false);
    store.images().tag(image.id(), ImageReference.parse(text));
    return image;
  }

  /** As if the last change had been some time ago. */
  private void age() throws IOException {
    FileTime before = FileTime.from(Instant.now().minusSeconds(10));
    for (String name : List.of("images", "names")) {
      Path path = directory.resolve("store").resolve(name);
      Files.setLastModifiedTime(path, before);
    }
  }

  private static List<ImageId> ids(List<StoredImage> images) {
    return images.stream().map(StoredImage::id).toList();
  }

  @Test
  void listAll_ofWhatNobodyChanges_isKept() throws IOException {
    StoredImage image = image("one:1");
    age();
    List<StoredImage> first = store.images().listAll();
    assertSame(first, store.images().listAll());
    assertEquals(List.of(image.id()), ids(first));
  }

  @Test
  void listAll_afterAnotherEnginesChange_isNew() throws IOException {
    StoredImage image = image("one:1");
    age();
    assertEquals("[one:1]", store.images().listAll().get(0).names().toString());
    try (ImageStore other = reopen()) {
      other.images().tag(image.id(), ImageReference.parse("two:2"));
      assertEquals("[one:1, two:2]", store.images().listAll().get(0).names().toString());
      other.retention().pin(image.id(), true);
      age();
      assertEquals(1, store.images().listAll().size());
      other.retention().pin(image.id(), false);
      other.images().remove(image.id().toString(), id -> List.of());
      assertEquals(List.of(), store.images().listAll());
    }
  }

  @Test
  void listAll_ofChangesWithinATick_isNeverOld() {
    for (int i = 0; i < 50; i++) {
      StoredImage image = image("image:" + i);
      assertEquals(1, store.images().listAll().size());
      store.images().remove(image.id().toString(), id -> List.of());
      assertEquals(0, store.images().listAll().size());
    }
  }
}
