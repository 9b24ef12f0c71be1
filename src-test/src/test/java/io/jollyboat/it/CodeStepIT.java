package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.BuildException;
import io.jollyboat.Container;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.FileTree;
import io.jollyboat.Image;
import io.jollyboat.StoredImage;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps of Java code on real images, hostile ones too. */
@IntegrationTest
class CodeStepIT {
  private TestStore store;

  @BeforeEach
  void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterEach
  void delete() {
    store.close();
  }

  private static String output(Engine engine, StoredImage image, String command) {
    ContainerSpec spec = ContainerSpec.of(image.id()).command("sh", "-c", command);
    try (Container container = engine.run(spec)) {
      var unused = container.awaitExit();
      return container.logs();
    }
  }

  @Test
  void step_changesWhatAContainerSees() {
    Image image =
        Image.from(TestImages.BUSYBOX)
            .run("mkdir -p /doc/a && echo x > /doc/a/x && echo keep > /doc/keep && echo m > /m")
            .step(
                "strip",
                files -> {
                  files.delete("/doc/a");
                  files.write("/opt/deep/tool", "#!/bin/sh\necho tool\n");
                  files.mode("/opt/deep/tool", 0755);
                  files.owner("/m", "12:34");
                  files.symlink("/bin/tool", "/opt/deep/tool");
                });
    try (Engine engine = store.open()) {
      StoredImage made = engine.build(image);
      assertEquals(
          "keep\ntool\n12:34\n", output(engine, made, "ls /doc && tool && stat -c %u:%g /m"));
      assertEquals(made.id(), engine.build(image).id());
    }
  }

  @Test
  void step_onScratch_needsNoShell_andIsReproducible() {
    Image image =
        Image.scratch()
            .step("one", files -> files.write("/a/b", "text"))
            .step("two", files -> files.mkdir("/a/c"));
    try (Engine engine = store.open()) {
      StoredImage first = engine.build(image, spec -> spec.timestamp(Instant.EPOCH));
      StoredImage again = engine.build(image, spec -> spec.timestamp(Instant.EPOCH).noCache());
      assertEquals(first.id(), again.id());
      assertEquals(2, first.config().diffIds().size());
    }
  }

  @Test
  void step_onAnImageOfHostileLinks_staysInside(@TempDir Path outside) throws IOException {
    Path target = Files.writeString(outside.resolve("target"), "host");
    Image image =
        Image.from(TestImages.BUSYBOX)
            .run("ln -s " + target + " /abs && ln -s ../../../../../../" + outside + " /rel")
            .run("ln -s /proc/self/root /magic && ln -s / /self && ln -s loop /loop")
            .step(
                "attack",
                files -> {
                  files.write("/abs", "image");
                  files.write("/rel/target", "image");
                  files.write("/self/self/self/inside", "1");
                  files.mode("/abs", 0777);
                  try (Stream<FileTree.Entry> below = files.walk("/rel")) {
                    assertEquals(1, below.count());
                  }
                  files.delete("/rel/target");
                  assertThrows(RuntimeException.class, () -> files.read("/loop"));
                  assertThrows(RuntimeException.class, () -> files.read("/magic" + target));
                });
    try (Engine engine = store.open()) {
      StoredImage made = engine.build(image);
      assertEquals("host", Files.readString(target));
      assertFalse(Files.exists(outside.resolve("inside")));
      assertFalse(Files.exists(Path.of("/inside")), "what is written stays below the root");
      assertEquals("1", output(engine, made, "cat /inside; test -e " + target + " && echo there"));
    }
  }

  @Test
  void step_thatFails_leavesNothing() throws IOException {
    Image image =
        Image.from(TestImages.BUSYBOX)
            .step(
                "half",
                files -> {
                  files.write("/half", "x");
                  throw new IOException("enough");
                });
    try (Engine engine = store.open()) {
      int images = engine.images().listAll().size();
      long layers = layers();
      BuildException failed = assertThrows(BuildException.class, () -> engine.build(image));
      assertTrue(String.valueOf(failed.getCause()).contains("enough"));
      assertTrue(failed.failed().isEmpty());
      assertEquals(images, engine.images().listAll().size());
      assertEquals(layers, layers());
      assertEquals(List.of(), BuildContextsIT.unfinished(store));
    }
  }

  private long layers() throws IOException {
    try (Stream<Path> all = Files.list(store.root().resolve("layers"))) {
      return all.count();
    }
  }
}
