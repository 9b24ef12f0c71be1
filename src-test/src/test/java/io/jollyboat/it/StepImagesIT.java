package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.BuildException;
import io.jollyboat.Container;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.ImageId;
import io.jollyboat.SizeReport;
import io.jollyboat.StoredImage;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The images of failed steps, of steps made one, and what steps weigh. */
@IntegrationTest
class StepImagesIT {
  private static final String FAILING = "echo work >> /left; exit 3";

  private TestStore store;

  @BeforeEach
  void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterEach
  void delete() {
    store.close();
  }

  private static String output(Engine engine, ImageId image, String command) {
    ContainerSpec spec = ContainerSpec.of(image).command("sh", "-c", command);
    try (Container container = engine.run(spec)) {
      var unused = container.awaitExit();
      return container.logs();
    }
  }

  private static boolean isListed(Engine engine, ImageId id) {
    return engine.images().listAll().stream().anyMatch(image -> image.id().equals(id));
  }

  @Test
  void failedStep_keepsItsFileSystem_untilItIsRemoved() {
    Image recipe = Image.from(TestImages.BUSYBOX).env("WHO", "me").run(FAILING);
    ImageId failed;
    try (Engine engine = store.open()) {
      BuildException thrown = assertThrows(BuildException.class, () -> engine.build(recipe));
      failed = thrown.failed().orElseThrow();
      assertTrue(isListed(engine, failed));
      assertFalse(engine.images().list().stream().anyMatch(image -> image.id().equals(failed)));
      assertEquals("work\nme\n", output(engine, failed, "cat /left; echo $WHO"));
      assertEquals(thrown.before(), engine.images().find(failed.toString()).orElseThrow().parent());
    }
    try (Engine engine = store.open()) { // it outlives the engine
      assertEquals(
          "work\nwork\n3\n", output(engine, failed, "(" + FAILING + "); c=$?; cat /left; echo $c"));
      StoredImage mended = engine.build(Image.from(failed).run("rm /left && echo done > /done"));
      assertEquals("done\n", output(engine, mended.id(), "ls /left 2>/dev/null; cat /done"));
      engine.images().remove(mended.id().toString()); // and the steps below that nobody needs
      assertFalse(isListed(engine, failed));
      BuildException again = // no result of the cache
          assertThrows(BuildException.class, () -> engine.build(recipe));
      ImageId left = again.failed().orElseThrow();
      var unused = engine.buildCache().prune();
      assertFalse(isListed(engine, left));
    }
  }

  @Test
  void failedStep_oneCommand_isRunAgain() {
    try (Engine engine = store.open()) {
      BuildException thrown =
          assertThrows(
              BuildException.class,
              () -> engine.build(Image.from(TestImages.BUSYBOX).run("echo 1 > /one").run(FAILING)));
      ImageId before = thrown.before().orElseThrow();
      BuildException again =
          assertThrows(BuildException.class, () -> engine.build(Image.from(before).run(FAILING)));
      assertEquals(3, again.exitCode().orElseThrow());
      assertEquals("work\n", output(engine, again.failed().orElseThrow(), "cat /left"));
    }
  }

  private static final Image LAYERED =
      Image.from(TestImages.BUSYBOX)
          .run("mkdir -p /d/sub && head -c 1000000 /dev/zero > /d/big && echo a > /d/sub/a")
          .run(
              "rm -r /d && mkdir /d && echo new > /d/new && ln /d/new /d/link && chown 7:8 /d/new"
                  + " && chmod 4711 /d/new")
          .run("rm /bin/vi; ln -s new /d/soft")
          .cmd("cat", "/d/new");

  private static final String LIST =
      "find / -xdev | grep -v -e ^/proc -e ^/sys -e ^/dev -e ^/etc/ -e ^/$ -e ^/etc$ | sort"
          + " | while read f; do stat -c '%N %F %a %u:%g %Y' \"$f\"; done";

  @Test
  void squash_givesOneLayerOfTheSameFiles_twiceTheSame() {
    try (Engine engine = store.open()) {
      StoredImage layered = engine.build(LAYERED, spec -> spec.timestamp(Instant.EPOCH));
      StoredImage one = engine.build(LAYERED.squash(), spec -> spec.timestamp(Instant.EPOCH));
      assertEquals(1, one.config().diffIds().size());
      assertEquals(layered.config().cmd(), one.config().cmd());
      String files = output(engine, layered.id(), LIST);
      assertTrue(files.contains("/d/new regular file 4711 7:8 0"), files);
      assertEquals(files, output(engine, one.id(), LIST));
      assertEquals(0, engine.images().sizes(one.id().toString()).wasted().bytes());
      StoredImage again =
          engine.build(LAYERED.squash(), spec -> spec.timestamp(Instant.EPOCH).noCache());
      assertEquals(one.id(), again.id());

      StoredImage base = engine.build(Image.from(TestImages.BUSYBOX).squash());
      assertEquals(1, base.config().diffIds().size());
      Image copied = Image.scratch().copyFrom(LAYERED, "/", "/").cmd("cat", "/d/new");
      StoredImage copy = engine.build(copied, spec -> spec.timestamp(Instant.EPOCH));
      assertEquals(1, copy.config().diffIds().size());
      assertEquals("new\n", output(engine, copy.id(), "cat /d/soft"));
    }
  }

  @Test
  void sizes_sayWhatEachStepAddedAndWhatIsHidden() {
    try (Engine engine = store.open()) {
      StoredImage layered = engine.build(LAYERED);
      SizeReport report = engine.images().sizes(layered.id().toString());
      int layers = report.layers().size();
      assertEquals(layered.config().diffIds().size(), layers);
      SizeReport.Hidden largest = report.hidden().get(0);
      assertEquals("/d/big", largest.path());
      assertEquals(1_000_000, largest.size().bytes());
      assertEquals(List.of(layers - 3, layers - 2), List.of(largest.layer(), largest.hiddenBy()));
      assertTrue(largest.deleted());
      assertEquals(
          List.of("/d/big", "/d/sub/a"),
          report.hidden().stream()
              .map(SizeReport.Hidden::path)
              .filter(p -> p.startsWith("/d"))
              .toList());
      assertTrue(report.layers().get(layers - 3).step().contains("head -c 1000000"));
      assertTrue(report.toString().contains("deleted"), report.toString());
    }
  }

  @Test
  void sizes_ofAFileWithTwoNames_hideItWithTheLast() {
    Image linked = Image.from(TestImages.BUSYBOX).run("echo 1 > /h && ln /h /i").run("rm /h");
    try (Engine engine = store.open()) {
      assertEquals(List.of(), hidden(engine, linked));
      assertEquals(List.of("/h"), hidden(engine, linked.run("rm /i")));
    }
  }

  private static List<String> hidden(Engine engine, Image image) {
    SizeReport report = engine.images().sizes(engine.build(image).id().toString());
    return report.hidden().stream().map(SizeReport.Hidden::path).toList();
  }
}
