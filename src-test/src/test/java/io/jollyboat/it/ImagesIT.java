package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ConflictException;
import io.jollyboat.Container;
import io.jollyboat.ContentException;
import io.jollyboat.DiskUsage;
import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.ImageFilter;
import io.jollyboat.ImageHistory;
import io.jollyboat.ImageId;
import io.jollyboat.ImageNotFoundException;
import io.jollyboat.Mount;
import io.jollyboat.Pruned;
import io.jollyboat.StoredImage;
import io.jollyboat.Verification;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an engine knows of its images, and how they come and go without a registry. */
@IntegrationTest
class ImagesIT {
  private static TestStore store;

  private Engine engine;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  @BeforeEach
  void open() {
    engine = store.open();
  }

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void export_thenImport_givesTheSameFiles(@TempDir Path work) throws IOException {
    Image recipe =
        Image.from(TestImages.BUSYBOX)
            .run("mkdir /d; echo x > /d/a; ln /d/a /d/b; rm /bin/vi; chmod 2755 /d");
    ImageId built = engine.build(recipe).id();
    Path tar = work.resolve("root.tar");
    try (InputStream files = engine.images().export(built.toString())) {
      Files.copy(files, tar);
    }
    StoredImage image =
        engine
            .images()
            .importTar(
                tar,
                i ->
                    i.tag("imported:1")
                        .message("from there")
                        .change("CMD [\"cat\", \"/d/b\"]")
                        .change("ENV A=b"));
    assertEquals(1, image.config().diffIds().size());
    assertEquals("b", image.config().env("A").orElseThrow());
    assertEquals("x\n", Result.of(engine, Specs.alone(image.id())).out());
    assertEquals(
        ImageTree.of(engine, built, Files.createDirectory(work.resolve("one"))),
        ImageTree.of(engine, image.id(), Files.createDirectory(work.resolve("two"))));
    ImageHistory line = engine.images().history("imported:1").get(0);
    assertEquals("from there", line.entry().comment());
    assertEquals(image.size(), line.size());
    engine.images().remove("imported:1");
  }

  @Test
  void import_compressedByXz_isTheSame(@TempDir Path work) throws IOException {
    Files.writeString(Files.createDirectories(work.resolve("root/etc")).resolve("x"), "1");
    Path tar = Files.write(work.resolve("x.tar"), Tars.of(work.resolve("root"), "."));
    StoredImage plain = engine.images().importTar(tar, i -> i);
    Processes.run("xz", "-k", tar.toString());
    StoredImage packed = engine.images().importTar(work.resolve("x.tar.xz"), i -> i);
    assertEquals(plain.config().diffIds(), packed.config().diffIds());
    for (StoredImage image : List.of(plain, packed)) {
      engine.images().remove(image.id().toString());
    }
  }

  @Test
  void import_ofWhatIsNoArchive_isRefusedAndLeavesNothing() {
    long before = engine.diskUsage().total().bytes();
    for (byte[] wrong :
        List.of(
            "no tar".repeat(200).getBytes(StandardCharsets.UTF_8), new byte[0], new byte[1024])) {
      assertThrows(
          ContentException.class,
          () -> engine.images().importTar(new ByteArrayInputStream(wrong), i -> i));
    }
    assertEquals(before, engine.diskUsage().total().bytes());
    assertThrows(ImageNotFoundException.class, () -> engine.images().export("nothing"));
  }

  @Test
  void history_ofABuild_isThatOfDocker() {
    Image recipe = Image.from(TestImages.BUSYBOX).env("A", "1").run("echo 12345 > /f").cmd("true");
    StoredImage image = engine.build(recipe);
    List<ImageHistory> history = engine.images().history(image.id().toString());
    assertEquals(image.id(), history.get(0).image().orElseThrow());
    assertTrue(history.get(0).entry().emptyLayer());
    assertTrue(history.get(0).entry().createdBy().contains("CMD"), history.toString());
    assertEquals(6, history.get(1).size().bytes());
    assertEquals(image.parent(), history.get(1).image());
    assertTrue(history.get(2).entry().createdBy().contains("ENV A"), history.toString());
    ImageHistory base = history.get(3);
    assertTrue(base.names().contains(ImageReference.parse(TestImages.BUSYBOX)), base.toString());
  }

  @Test
  void remove_ofAnImageInUse_namesTheContainer() {
    StoredImage image = engine.build(Image.from(TestImages.BUSYBOX).label("used", "1"));
    engine.images().tag(image.id(), "used:1");
    try (Container container =
        engine.containers().create(Specs.alone(image.id()).name("the-user").command("true"))) {
      ConflictException e =
          assertThrows(ConflictException.class, () -> engine.images().remove("used:1"));
      assertTrue(String.valueOf(e.getMessage()).contains("container the-user"), e.getMessage());
      assertEquals("the-user", container.name());
    }
    engine.images().untag("used:1");
    assertEquals(
        List.of(image.id()),
        engine.images().list(ImageFilter.all().dangling().label("used")).stream()
            .map(StoredImage::id)
            .toList());
    Pruned pruned = engine.images().prune(p -> p.label("used", "1"));
    assertEquals(List.of(image.id()), pruned.images().stream().map(StoredImage::id).toList());
  }

  @Test
  void prune_ofAll_leavesContainersAndPinnedImagesWhatTheyNeed() {
    StoredImage used = engine.build(Image.from(TestImages.BUSYBOX).run("echo used > /x"));
    StoredImage pinned = engine.build(Image.from(TestImages.BUSYBOX).run("echo pinned > /x"));
    engine.images().pin(pinned.id());
    assertEquals(
        List.of(pinned.id()), engine.images().pinned().stream().map(StoredImage::id).toList());
    try (Container container =
        engine.run(Specs.alone(used.id()).command("sh", "-c", "cat /x; sleep 600"))) {
      assertEquals(
          List.of(),
          engine.images().prune(p -> p.all().olderThan(Duration.ofDays(99999))).images());
      Pruned unused = engine.images().prune(p -> p.all());
      assertEquals("used\n", container.exec("cat", "/x").out());
      assertTrue(unused.images().stream().noneMatch(i -> i.id().equals(pinned.id())));
    }
    assertEquals("pinned\n", Result.sh(engine, Specs.alone(pinned.id()), "cat /x"));
    engine.images().unpin(pinned.id());
    Pruned rest = engine.images().prune();
    assertTrue(rest.reclaimed().bytes() > 0);
    assertTrue(engine.images().find(pinned.id().toString()).isEmpty());
  }

  @Test
  void diskUsage_ofEverything_isCounted() throws IOException {
    StoredImage image =
        engine.build(Image.from(TestImages.BUSYBOX).run("head -c 50000 /dev/zero > /x"));
    DiskUsage before = engine.diskUsage();
    try (Container container =
        engine.run(
            Specs.alone(image.id())
                .mount(Mount.volume("measured", "/v"))
                .command(
                    "sh",
                    "-c",
                    "head -c 70000 /dev/zero > /y; head -c 90000 /dev/zero > /v/z; echo done;"
                        + " sleep 600"))) {
      assertEquals("done\n", new String(container.stdout().readNBytes(5), StandardCharsets.UTF_8));
      DiskUsage usage = engine.diskUsage();
      assertEquals(1, usage.containers().total());
      assertEquals(1, usage.containers().active());
      assertEquals(70000, usage.containers().size().bytes());
      assertEquals(0, usage.containers().reclaimable().bytes());
      assertEquals(1, usage.volumes().active());
      assertEquals(90000, usage.volumes().size().bytes());
      assertEquals(before.total().bytes() + 160000, usage.total().bytes());
      assertTrue(
          usage.images().stream().anyMatch(i -> i.inUse() && i.image().id().equals(image.id())));
    }
    assertEquals(90000, engine.diskUsage().volumes().reclaimable().bytes());
    engine.volumes().remove("measured");
    assertEquals(0, engine.diskUsage().volumes().total());
  }

  @Test
  void verify_ofADamagedLayer_mendsItOnceNoContainerUsesIt() throws IOException {
    StoredImage image = engine.build(Image.from(TestImages.BUSYBOX).run("mkfifo /p; echo 1 > /f"));
    Verification clean = engine.images().verify();
    assertEquals(List.of(), clean.findings(), clean.toString());
    assertTrue(clean.read().bytes() > 2_000_000, clean.toString());
    Path busybox;
    try (Stream<Path> files = Files.walk(store.root().resolve("layers"))) {
      busybox = files.filter(file -> file.endsWith("diff/bin/busybox")).findFirst().orElseThrow();
    }
    byte[] program = Files.readAllBytes(busybox);
    try (Container container =
        engine.containers().create(Specs.alone(image.id()).name("holder").command("true"))) {
      Files.write(busybox, new byte[100]);
      Verification held = engine.images().verify(v -> v.repair());
      assertFalse(held.clean());
      assertTrue(held.toString().contains("container holder uses it"), held.toString());
      assertEquals("holder", container.name());
    }
    Verification repaired = engine.images().verify(v -> v.repair());
    assertTrue(repaired.clean(), repaired.toString());
    assertTrue(repaired.toString().contains("(repaired)"), repaired.toString());
    assertArrayEquals(program, Files.readAllBytes(busybox));
    assertEquals("1\n", Result.sh(engine, Specs.alone(image.id()), "cat /f"));
    assertEquals(List.of(), engine.images().verify().findings());
  }

  @Test
  void prune_byAnotherEngine_leavesImagesThatAreMounted() {
    StoredImage mounted = engine.build(Image.from(TestImages.BUSYBOX).run("echo mounted > /x"));
    engine.images().tag(mounted.id(), "mounted:1");
    try (Container container =
            engine
                .containers()
                .create(
                    Specs.busybox()
                        .mount(Mount.image("mounted:1", "/mnt"))
                        .command("cat", "/mnt/x"));
        Engine other = store.open()) {
      Pruned pruned = other.images().prune(p -> p.all());
      assertTrue(pruned.images().stream().noneMatch(i -> i.id().equals(mounted.id())));
      container.start();
      assertEquals(0, container.awaitExit().code());
      assertEquals("mounted\n", container.logs());
    }
    engine.images().remove("mounted:1");
  }

  @Test
  void containers_madeWhileAnotherEnginePrunes_runOrAreRefused() throws InterruptedException {
    engine.images().pin(engine.images().find(TestImages.BUSYBOX).orElseThrow().id());
    try (Engine other = store.open()) {
      for (int i = 0; i < 12; i++) {
        String text = "made " + i;
        StoredImage image =
            engine.build(Image.from(TestImages.BUSYBOX).run("echo " + text + " > /x"));
        Thread pruner =
            new Thread(
                () -> {
                  Pruned unused = other.images().prune(p -> p.all());
                });
        pruner.start();
        try {
          assertEquals(text + "\n", Result.sh(engine, Specs.alone(image.id()), "cat /x"));
        } catch (ImageNotFoundException pruned) {
          assertTrue(engine.images().find(image.id().toString()).isEmpty());
        }
        pruner.join();
      }
    }
    engine.images().unpin(engine.images().find(TestImages.BUSYBOX).orElseThrow().id());
  }
}
