package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ConflictException;
import io.jollyboat.Container;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.Mount;
import io.jollyboat.Volume;
import io.jollyboat.test.EngineJvm;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Volumes: what they hold at first, who may remove them, and when they go. */
@IntegrationTest
class VolumesIT {
  /** Owners, modes, a set-id bit, links of both kinds, times. */
  private static final String CONTENT =
      "mkdir -p /data/deep && chown 70:71 /data && chmod 1750 /data && echo text > /data/f"
          + " && chown 33:44 /data/f && chmod 4711 /data/f && ln /data/f /data/deep/hard"
          + " && ln -s /data/f /data/soft && touch -d @1000000000 /data/deep";

  private static final String SHOW =
      "stat -c '%a %u:%g %n' /data /data/f /data/deep; stat -c %h /data/f;"
          + " stat -c %Y /data/deep; readlink /data/soft; cat /data/deep/hard";

  private static final String FILLED =
      "1750 70:71 /data\n4711 33:44 /data/f\n755 0:0 /data/deep\n2\n1000000000\n/data/f\ntext\n";

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
    List<Volume> unused = engine.volumes().prune();
    engine.close();
  }

  @Test
  void namedVolume_atFirstUse_holdsWhatTheImageHas() {
    ContainerSpec spec = image().mount(Mount.volume("filled", "/data"));
    assertEquals(FILLED, Result.sh(engine, spec, SHOW));
  }

  @Test
  void namedVolume_usedAgain_keepsWhatItHolds() {
    ContainerSpec spec = image().mount(Mount.volume("kept", "/data"));
    assertEquals("", Result.sh(engine, spec, "rm -r /data/*; echo new > /data/n"));
    assertEquals("n\n", Result.sh(engine, spec, "ls /data"));
    assertEquals("", Result.sh(engine, spec, "rm /data/n"));
    assertEquals("", Result.sh(engine, spec, "ls /data"), "not filled twice");
  }

  @Test
  void namedVolume_ofTwoContainers_isOne() {
    ContainerSpec spec = Specs.busybox().mount(Mount.volume("both", "/data"));
    try (Container first = engine.run(spec.command("sleep", "1000"))) {
      assertEquals(0, first.exec("touch", "/data/x").code());
      assertEquals("x\n", Result.sh(engine, spec, "ls /data"));
      Mount readOnly = Mount.volume("both", "/data").readOnly();
      String out = Result.sh(engine, Specs.busybox().mount(readOnly), "touch /data/y 2>&1; true");
      assertTrue(out.contains("Read-only file system"), out);
    }
  }

  @Test
  void namedVolume_withoutCopying_startsEmpty() {
    Mount mount = Mount.volume("empty", "/data").noCopy();
    assertEquals("", Result.sh(engine, image().mount(mount), "ls -A /data"));
  }

  @Test
  void namedVolume_madeBefore_isFilledAtFirstUse() {
    Volume made = engine.volumes().create("made", Map.of("use", "test"));
    assertEquals(Map.of("use", "test"), made.labels());
    assertEquals(FILLED, Result.sh(engine, image().mount(Mount.volume("made", "/data")), SHOW));
    assertEquals(Map.of("use", "test"), engine.volumes().find("made").orElseThrow().labels());
  }

  @Test
  void subPath_ofAVolume_isThatPartAndNothingOutside() {
    ContainerSpec whole = Specs.busybox().mount(Mount.volume("parts", "/data"));
    String make = "mkdir -p /data/a; echo in > /data/a/f; ln -s / /data/out; ln -s a /data/link";
    assertEquals("", Result.sh(engine, whole, make));
    for (String path : List.of("a", "link")) {
      Mount part = Mount.volume("parts", "/part").subPath(path);
      assertEquals("in\n", Result.sh(engine, Specs.busybox().mount(part), "cat /part/f"));
    }
    Mount climbing = Mount.volume("parts", "/part").subPath("out/../..");
    assertEquals("a\nlink\nout\n", Result.sh(engine, Specs.busybox().mount(climbing), "ls /part"));
  }

  @Test
  void anonymousVolume_ofAContainer_goesWithIt() {
    try (Container container =
        engine.run(image().mount(Mount.anonymous("/data")).command("sleep", "1000"))) {
      assertEquals(FILLED, container.exec("sh", "-c", SHOW).out());
      List<Volume> all = engine.volumes().list();
      assertEquals(1, all.size());
      assertTrue(all.get(0).anonymous() && Files.isDirectory(all.get(0).directory()));
    }
    assertEquals(List.of(), engine.volumes().list());
  }

  @Test
  void volumesOfAnImage_eachGetOne_unlessSomethingIsMountedThere() {
    Image image =
        Image.from(TestImages.BUSYBOX)
            .run("mkdir /one; echo 1 > /one/f")
            .with(io.jollyboat.dockerfile.Volume.of("/one", "/two", "/three"));
    ContainerSpec spec =
        Specs.alone(engine.build(image).id())
            .mount(Mount.tmpfs("/two"))
            .mount(Mount.volume("third", "/three"));
    try (Container container = engine.run(spec.command("sleep", "1000"))) {
      assertEquals("1\n", container.exec("cat", "/one/f").out());
      assertEquals(0, container.exec("touch", "/one/x", "/two/x", "/three/x").code());
      assertEquals(
          List.of(false, true),
          engine.volumes().list().stream().map(Volume::anonymous).sorted().toList());
    }
    assertEquals(List.of("third"), engine.volumes().list().stream().map(Volume::name).toList());
  }

  @Test
  void volume_inUse_cannotBeRemoved() {
    ContainerSpec spec = Specs.busybox().mount(Mount.volume("busy", "/data"));
    try (Container container = engine.run(spec.command("sleep", "1000"));
        Engine other = store.open()) {
      ConflictException refused =
          assertThrows(ConflictException.class, () -> other.volumes().remove("busy"));
      Failure.says(refused, container.id().shortHex());
      assertEquals(List.of(), other.volumes().prune());
    }
    engine.volumes().remove("busy");
    assertTrue(engine.volumes().find("busy").isEmpty());
    assertThrows(ConflictException.class, () -> engine.volumes().remove("busy"));
    assertThrows(IllegalArgumentException.class, () -> engine.volumes().create("../up"));
    assertTrue(engine.volumes().find("../volumes").isEmpty());
  }

  @Test
  void prune_volumesOfNobody_removesAndNamesThem() {
    Volume made = engine.volumes().create("lonely");
    assertEquals(List.of(made), engine.volumes().prune());
    assertFalse(Files.exists(made.directory()));
  }

  @Test
  void anonymousVolume_ofAKilledProcess_isRemovedByTheNextEngine(RegistryProcess registry)
      throws InterruptedException {
    try (TestStore own = TestStore.with(registry, TestImages.BUSYBOX)) {
      try (Engine first = own.open()) {
        Image image =
            Image.from(TestImages.BUSYBOX).with(io.jollyboat.dockerfile.Volume.of("/data"));
        assertFalse(first.build(image, b -> b.tag(TestImages.BUSYBOX)).intermediate());
        Volume kept = first.volumes().create("survivor");
        try (EngineJvm jvm = EngineJvm.running(own.root(), "sleep", "1000")) {
          assertEquals(2, first.volumes().list().size());
          jvm.kill();
        }
        assertEquals("survivor", kept.name());
      }
      try (Engine next = own.open()) {
        assertEquals(
            List.of("survivor"), next.volumes().list().stream().map(Volume::name).toList());
      }
    }
  }

  private ContainerSpec image() {
    return Specs.alone(engine.build(Image.from(TestImages.BUSYBOX).run(CONTENT)).id());
  }
}
