package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.BuildException;
import io.jollyboat.CacheEntry;
import io.jollyboat.ConflictException;
import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.Size;
import io.jollyboat.StoredImage;
import io.jollyboat.dockerfile.Run;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RecordedProgress;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What builds leave: listed, and pruned without touching what an image uses. */
@IntegrationTest
class BuildCachePruneIT {
  private static final Image NAMED =
      Image.from(TestImages.BUSYBOX).run("head -c 1000000 /dev/zero > /kept").cmd("true");
  private static final Image UNNAMED =
      Image.from(TestImages.BUSYBOX).run("head -c 3000000 /dev/zero > /big").run("echo > /small");

  private TestStore store;

  @BeforeEach
  void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterEach
  void delete() {
    store.close();
  }

  private static void build(Engine engine) {
    StoredImage named = engine.build(NAMED, build -> build.tag("named"));
    assertTrue(named.size().bytes() > 1_000_000);
    StoredImage unnamed = engine.build(UNNAMED, build -> build.tag("gone"));
    engine.images().remove("gone");
    assertTrue(engine.images().find(unnamed.id().toString()).isEmpty());
    engine.build(UNNAMED.run("true"), build -> build.tag("other"));
    assertThrows(BuildException.class, () -> engine.build(UNNAMED.run("echo > /failed && false")));
    engine.images().untag("other");
  }

  private static List<CacheEntry> free(Engine engine) {
    return engine.buildCache().list().stream().filter(entry -> !entry.inUse()).toList();
  }

  private static int executed(Engine engine, Image image) {
    RecordedProgress told = new RecordedProgress();
    StoredImage unused = engine.build(image, build -> build.progress(told));
    return told.containers();
  }

  @Test
  void prune_everything_leavesWhatImagesUse() {
    try (Engine engine = store.open()) {
      build(engine);
      engine.images().prune();
      List<CacheEntry> free = free(engine);
      assertTrue(
          free.stream().anyMatch(entry -> entry.description().contains("3000000")), free::toString);
      assertTrue(
          free.stream().anyMatch(entry -> entry.description().contains("/failed")), free::toString);
      assertTrue(
          free.stream().noneMatch(entry -> entry.description().contains("/kept")), free::toString);

      long before = engine.diskUsage().layers().size().bytes();
      assertEquals(free.size(), engine.buildCache().prune().size());
      assertEquals(List.of(), free(engine));
      assertTrue(engine.diskUsage().layers().size().bytes() <= before - 3_000_000);
      assertEquals(0, executed(engine, NAMED));
      assertEquals(2, executed(engine, UNNAMED));
      StoredImage named = engine.images().find("named").orElseThrow();
      assertEquals("1000000\n", Result.sh(engine, Specs.alone(named.id()), "wc -c < /kept"));
    }
  }

  @Test
  void prune_byAgeAndSize_takesTheLongestUnusedFirst() throws IOException {
    try (Engine engine = store.open()) {
      build(engine);
      engine.images().prune();
      age();
      Image late = Image.from(TestImages.BUSYBOX).run("head -c 2000000 /dev/zero > /late");
      assertThrows(BuildException.class, () -> engine.build(late.run("false")));
      assertEquals(
          List.of(), engine.buildCache().prune(cache -> cache.unusedFor(Duration.ofDays(30))));
      List<CacheEntry> kept = engine.buildCache().prune(cache -> cache.keep(Size.mib(100)));
      assertEquals(List.of(), kept);
      List<CacheEntry> old =
          engine.buildCache().prune(cache -> cache.unusedFor(Duration.ofDays(2)));
      assertTrue(
          old.stream().anyMatch(entry -> entry.description().contains("3000000")), old::toString);
      assertTrue(
          old.stream().noneMatch(entry -> entry.description().contains("/late")), old::toString);
      assertEquals(0, executed(engine, late));
    }
  }

  /** As if three days had gone by. */
  private void age() throws IOException {
    FileTime then = FileTime.from(Instant.now().minus(Duration.ofDays(3)));
    try (Stream<Path> entries = Files.list(store.root().resolve("cache"))) {
      for (Path entry : entries.toList()) {
        Files.setLastModifiedTime(entry, then);
      }
    }
    try (Stream<Path> entries = Files.list(store.root().resolve("images"))) {
      for (Path entry : entries.toList()) {
        Files.writeString(
            entry,
            Files.readString(entry).replaceAll("(?m)^added .*$", "added " + then.toInstant()));
      }
    }
  }

  @Test
  void mounts_areListedExportedAndPruned() throws IOException {
    Image image =
        Image.from(TestImages.BUSYBOX)
            .with(Run.shell("mkdir /c/d && echo text > /c/d/file").cache("/c"));
    try (Engine engine = store.open()) {
      engine.build(image);
      CacheEntry mount =
          engine.buildCache().list().stream()
              .filter(entry -> entry.kind() == CacheEntry.Kind.MOUNT)
              .findFirst()
              .orElseThrow();
      assertEquals("/c", mount.id());
      assertEquals(5, mount.size().bytes());
      assertFalse(mount.inUse());
      ByteArrayOutputStream archive = new ByteArrayOutputStream();
      engine.buildCache().export("/c", archive);
      List<String> names = Tars.names(new ByteArrayInputStream(archive.toByteArray()));
      assertTrue(names.contains("d/file") || names.contains("./d/file"), names::toString);
      assertThrows(ConflictException.class, () -> engine.buildCache().export("/none", archive));

      List<CacheEntry> removed =
          engine
              .buildCache()
              .prune(cache -> cache.only(entry -> entry.kind() == CacheEntry.Kind.MOUNT));
      assertEquals(List.of("/c"), removed.stream().map(CacheEntry::id).toList());
      assertThrows(ConflictException.class, () -> engine.buildCache().export("/c", archive));
    }
  }
}
