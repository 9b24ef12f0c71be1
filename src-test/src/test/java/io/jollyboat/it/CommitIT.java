package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Container;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.FileChange;
import io.jollyboat.Image;
import io.jollyboat.ImageId;
import io.jollyboat.Mount;
import io.jollyboat.StoredImage;
import io.jollyboat.dockerfile.Run;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a container has changed: told, made an image, and flattened into one archive. */
@IntegrationTest
class CommitIT {
  private static final String CHANGE =
      "echo new > /new; echo more >> /base/kept; rm /base/gone; rm -r /base/tree;"
          + " mkdir /base/tree; touch /base/tree/other; rm -r /base/whole; echo v > /volume/x;"
          + " chmod 700 /base/mode";

  private static TestStore store;

  private Engine engine;
  private ImageId base;

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
    Image image =
        Image.from(TestImages.BUSYBOX)
            .run(
                "mkdir -p /base/tree /base/whole/deep /base/mode; echo kept > /base/kept;"
                    + " echo gone > /base/gone; touch /base/tree/a /base/tree/b /base/whole/deep/f")
            .env("BASE", "yes")
            .cmd("sh");
    base = engine.build(image).id();
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private ContainerSpec changer() {
    return Specs.alone(base)
        .mount(Mount.anonymous("/volume"))
        .command("sh", "-c", CHANGE + "; touch /ready; sleep 1000");
  }

  private Container changed(ContainerSpec spec) {
    Container container = engine.run(spec);
    while (container.exec("test", "-e", "/ready").code() != 0) {
      Thread.onSpinWait();
    }
    return container;
  }

  @Test
  void diff_ofAllKindsOfChanges_namesEach() {
    try (Container container = changed(changer())) {
      assertEquals(
          List.of(
              "C /base",
              "D /base/gone",
              "C /base/kept",
              "C /base/mode",
              "C /base/tree",
              "D /base/tree/a",
              "D /base/tree/b",
              "A /base/tree/other",
              "D /base/whole",
              "A /new",
              "A /ready"),
          container.diff().stream().map(FileChange::toString).toList());
    }
  }

  @Test
  void diff_ofAContainerThatChangesNothing_isEmpty() {
    ContainerSpec spec = Specs.alone(base).mount(Mount.volume("diff", "/mnt/new/place"));
    try (Container container = engine.run(spec.command("true"))) {
      assertEquals(0, container.awaitExit().code());
      assertEquals(List.of(), container.diff());
    }
    engine.volumes().remove("diff");
  }

  @Test
  void commit_ofARunningContainer_isAnImageWithItsChangesAndNoMounts() {
    StoredImage image;
    try (Container container = changed(changer().env("OWN", "too").label("a", "b"))) {
      image = container.commit(c -> c.tag("committed:1").message("why").author("Ann"));
      assertTrue(container.running());
      assertEquals("new\n", container.exec("cat", "/new").out(), "it runs on");
    }
    assertEquals(image.id(), engine.images().find("committed:1").orElseThrow().id());
    assertEquals(base, image.parent().orElseThrow());
    assertEquals("yes", image.config().env("BASE").orElseThrow());
    assertEquals("too", image.config().env("OWN").orElseThrow());
    assertEquals("b", image.config().labels().get("a"));
    var history = image.config().history().get(image.config().history().size() - 1);
    assertEquals("why", history.comment());
    assertEquals("Ann", history.author());
    assertEquals(
        "kept\nmore\nnew\n/base:\nkept\nmode\ntree\n\n/base/tree:\nother\n",
        Result.sh(
            engine,
            Specs.alone(image.id()),
            "cat /base/kept /new; ls /base /base/tree; ls -d /volume 2>/dev/null; true"));
  }

  @Test
  void commit_withInstructions_changesTheConfiguration() {
    try (Container container = engine.run(Specs.alone(base).command("sh", "-c", "sleep 1000"))) {
      ImageConfig config =
          container
              .commit(
                  c ->
                      c.change("CMD [\"cat\", \"/etc/passwd\"]")
                          .change("ENV A=1 B=$BASE")
                          .change("EXPOSE 8080")
                          .change("USER 5:6")
                          .change("WORKDIR /w")
                          .change("VOLUME /v")
                          .change("LABEL x=y")
                          .change("STOPSIGNAL SIGINT")
                          .change("ENTRYPOINT [\"env\"]"))
              .config();
      assertEquals(List.of("cat", "/etc/passwd"), config.cmd());
      assertEquals(List.of("env"), config.entrypoint());
      assertEquals("yes", config.env("B").orElseThrow());
      assertEquals("5:6", config.user().orElseThrow());
      assertEquals("/w", config.workingDir().orElseThrow());
      assertTrue(config.exposedPorts().contains("8080/tcp"), config.exposedPorts().toString());
      assertTrue(config.volumes().contains("/v"));
      assertThrows(
          IllegalArgumentException.class, () -> container.commit(c -> c.with(Run.shell("true"))));
    }
  }

  @Test
  void commit_ofAStoppedContainer_works() {
    try (Container container = engine.run(Specs.alone(base).command("touch", "/made"))) {
      assertEquals(0, container.awaitExit().code());
      StoredImage image = container.commit();
      assertFalse(image.intermediate());
      assertEquals("/made\n", Result.sh(engine, Specs.alone(image.id()), "ls /made"));
    }
  }

  @Test
  void attributes_copiedCommittedAndMountedAsAVolume_areKept(@TempDir Path host)
      throws IOException {
    Path file = Files.writeString(host.resolve("f"), "x");
    Files.getFileAttributeView(file, UserDefinedFileAttributeView.class)
        .write("colour", ByteBuffer.wrap("blue".getBytes(StandardCharsets.UTF_8)));
    StoredImage image;
    try (Container container = engine.containers().create(Specs.alone(base))) {
      container.copyTo(file, "/base/f");
      image = container.commit();
    }
    ContainerSpec spec =
        Specs.alone(image.id()).mount(Mount.volume("coloured", "/base")).command("true");
    try (Container container = engine.run(spec)) {
      assertEquals(0, container.awaitExit().code());
      Path data = engine.volumes().find("coloured").orElseThrow().directory();
      UserDefinedFileAttributeView view =
          Files.getFileAttributeView(data.resolve("f"), UserDefinedFileAttributeView.class);
      ByteBuffer value = ByteBuffer.allocate(4);
      assertEquals(4, view.read("colour", value));
      assertEquals("blue", new String(value.array(), StandardCharsets.UTF_8));
    }
    engine.volumes().remove("coloured");
  }

  @Test
  void export_ofAContainer_isFlatAndWithoutMounts() throws IOException {
    try (Container container = changed(changer());
        InputStream tar = container.export()) {
      List<String> names = Tars.names(tar);
      assertTrue(names.containsAll(List.of("bin/busybox", "base/kept", "base/tree/other", "new")));
      for (String gone : List.of("base/gone", "base/tree/a", "base/whole/", "volume/x")) {
        assertFalse(names.contains(gone), gone);
      }
    }
  }
}
