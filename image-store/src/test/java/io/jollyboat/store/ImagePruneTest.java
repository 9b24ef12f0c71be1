package io.jollyboat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ConflictException;
import io.jollyboat.ImageHistory;
import io.jollyboat.ImageId;
import io.jollyboat.ImageUsage;
import io.jollyboat.PruneSpec;
import io.jollyboat.Pruned;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageReference;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What nothing needs, what needs what, and what it all occupies. */
final class ImagePruneTest extends StoreTest {
  private final ImageIndex images() {
    return store.images();
  }

  private StoredImage image(String text, Optional<StoredImage> parent, boolean step, Layer... of) {
    List<Digest> diffIds = List.of(of).stream().map(Layer::diffId).toList();
    return images().add(config(text, diffIds), parent.map(StoredImage::id), step);
  }

  private StoredImage named(String name, Optional<StoredImage> parent, Layer... of) {
    StoredImage image = image(name, parent, false, of);
    images().tag(image.id(), ImageReference.parse(name));
    return image;
  }

  private static Set<ImageId> ids(List<StoredImage> images) {
    return images.stream().map(StoredImage::id).collect(Collectors.toSet());
  }

  @Test
  void prune_byDefault_takesDanglingImagesWithTheirSteps() {
    Layer below = layer(Optional.empty(), "a", "12345");
    Layer above = layer(Optional.of(below), "b", "1234567");
    StoredImage base = named("base", Optional.empty(), below);
    StoredImage step = image("step", Optional.of(base), true, below, above);
    StoredImage result = image("result", Optional.of(step), false, below, above);
    StoredImage loneStep = image("lone step", Optional.empty(), true);
    Pruned pruned = store.retention().prune(PruneSpec.defaults(), id -> List.of());
    assertEquals(Set.of(step.id(), result.id()), ids(pruned.images()));
    assertEquals(Set.of(base.id(), loneStep.id()), ids(images().listAll()));
    long documents = 0L + step.config().bytes().length + result.config().bytes().length;
    assertEquals(7 + documents, pruned.reclaimed().bytes());
    assertTrue(store.layers().find(above.chainId()).isEmpty());
    assertTrue(store.layers().find(below.chainId()).isPresent());
    assertEquals(
        List.of(), store.retention().prune(PruneSpec.defaults(), id -> List.of()).images());
  }

  @Test
  void prune_ofAll_leavesWhatIsUsedPinnedOrBuiltOn() {
    StoredImage base = named("base", Optional.empty());
    StoredImage used = named("used", Optional.of(base));
    StoredImage pinned = image("pinned", Optional.empty(), false);
    StoredImage other = named("other", Optional.of(base));
    store.retention().pin(pinned.id(), true);
    Pruned pruned =
        store
            .retention()
            .prune(
                PruneSpec.defaults().all(),
                id -> id.equals(used.id()) ? List.of("web") : List.of());
    assertEquals(Set.of(other.id()), ids(pruned.images()));
    assertEquals("[other:latest]", pruned.images().get(0).names().toString());
    assertTrue(images().find("other").isEmpty());
    assertTrue(store.retention().isPinned(pinned.id()));
    assertThrows(
        ConflictException.class, () -> images().remove(pinned.id().toString(), id -> List.of()));
    store.retention().pin(pinned.id(), false);
    assertFalse(store.retention().isPinned(pinned.id()));
    Pruned rest = store.retention().prune(PruneSpec.defaults().all(), id -> List.of());
    assertEquals(Set.of(base.id(), used.id(), pinned.id()), ids(rest.images()));
    assertEquals(List.of(), store.blobs().list());
  }

  @Test
  void remove_ofWhatIsNeeded_saysByWhat() {
    StoredImage base = named("base", Optional.empty());
    StoredImage step = image("step", Optional.of(base), true);
    StoredImage result = named("result:7", Optional.of(step));
    ConflictException used =
        assertThrows(
            ConflictException.class,
            () -> images().remove("result:7", id -> List.of("web", "db", "c", "d", "e")));
    assertTrue(
        String.valueOf(used.getMessage()).contains("container web, db, c and 2 more"),
        used.getMessage());
    ConflictException builtOn =
        assertThrows(
            ConflictException.class, () -> images().remove(base.id().toString(), id -> List.of()));
    assertTrue(
        String.valueOf(builtOn.getMessage()).contains("image " + step.id().shortHex()),
        builtOn.getMessage());
    ConflictException stepBuiltOn =
        assertThrows(
            ConflictException.class, () -> images().remove(step.id().toString(), id -> List.of()));
    assertTrue(
        String.valueOf(stepBuiltOn.getMessage()).contains("image result:7"),
        stepBuiltOn.getMessage());
    assertEquals("[result:7]", images().find(result.id()).orElseThrow().names().toString());
  }

  @Test
  void history_ofABuild_namesItsStepsAndSizes() {
    Layer below = layer(Optional.empty(), "a", "12345");
    Layer above = layer(Optional.of(below), "b", "1234567");
    StoredImage base = named("base", Optional.empty(), below);
    StoredImage result = named("result", Optional.of(base), below, above);
    List<ImageHistory> history = images().history("result");
    assertEquals(2, history.size());
    assertEquals(Optional.of(result.id()), history.get(0).image());
    assertEquals(7, history.get(0).size().bytes());
    assertEquals("RUN " + above.diffId().shortHex(), history.get(0).entry().createdBy());
    assertEquals(Optional.of(base.id()), history.get(1).image());
    assertEquals("[base:latest]", history.get(1).names().toString());
    assertEquals(5, history.get(1).size().bytes());
  }

  @Test
  void usage_ofImagesThatShare_countsEachPartOnce() {
    Layer below = layer(Optional.empty(), "a", "12345");
    Layer above = layer(Optional.of(below), "b", "1234567");
    StoredImage base = named("base", Optional.empty(), below);
    StoredImage step = image("step", Optional.of(base), true, below);
    StoredImage result = named("result", Optional.of(step), below, above);
    StoreUsage.Found found = new StoreUsage(store, id -> id.equals(base.id())).measure();
    assertEquals(2, found.images().size());
    for (ImageUsage usage : found.images()) {
      long document = usage.image().config().bytes().length;
      boolean isBase = usage.image().id().equals(base.id());
      assertEquals(5, usage.shared().bytes());
      assertEquals(isBase ? document : 7 + document, usage.unique().bytes());
      assertEquals(isBase, usage.inUse());
    }
    long documents =
        List.of(base, step, result).stream().mapToLong(i -> i.config().bytes().length).sum();
    assertEquals(12 + documents, found.layers().size().bytes());
    assertEquals(
        12 + documents - 5 - base.config().bytes().length, found.layers().reclaimable().bytes());
    assertEquals(2, found.layers().total());
    assertEquals(1, found.layers().active());
    assertEquals(1, found.buildCache().total());
    assertEquals(step.config().bytes().length, found.buildCache().size().bytes());
  }
}
