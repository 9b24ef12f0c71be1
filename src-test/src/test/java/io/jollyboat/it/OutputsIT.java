package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.Output;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.Manifest;
import io.jollyboat.test.Command;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results of builds outside of the store. */
@IntegrationTest
class OutputsIT {
  private static final Image IMAGE =
      Image.from(TestImages.BUSYBOX)
          .run("echo text > /file && chown 7:8 /file && chmod 4755 /file && rm /bin/vi")
          .run("ln -s /../../../escape /link && mkdir -p /deep/er && echo x > /deep/er/x");

  private TestStore store;
  private Path place;

  @BeforeEach
  void pull(RegistryProcess registry, @TempDir Path temporary) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
    place = temporary;
  }

  @AfterEach
  void delete() {
    store.close();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(place)) {
      return all.map(path -> String.valueOf(path.getFileName())).sorted().toList();
    }
  }

  @Test
  void archivesAndLayouts_areLoadedElsewhere_withNameAndAnnotations() throws IOException {
    Path layout = place.resolve("layout");
    List<Output> outputs =
        List.of(
            Output.dockerArchive(place.resolve("docker.tar")),
            Output.ociArchive(place.resolve("oci.tar")),
            Output.ociLayout(layout));
    StoredImage made;
    try (Engine engine = store.open()) {
      made =
          engine.build(
              IMAGE,
              spec -> {
                for (Output output : outputs) {
                  spec = spec.output(output);
                }
                return spec.tag("out:1").annotation("org.example.note", "two\nlines");
              });
    }
    assertEquals(List.of("docker.tar", "layout", "oci.tar"), names());
    for (String name : names()) {
      try (TestStore other = TestStore.empty();
          Engine engine = other.open()) {
        List<StoredImage> loaded = engine.images().load(place.resolve(name));
        assertEquals(made.id(), loaded.get(0).id(), name);
        assertEquals(made.id(), engine.images().find("out:1").orElseThrow().id());
      }
    }
    String manifests = blobs(layout);
    assertTrue(manifests.contains("\"org.example.note\":\"two\\nlines\""), manifests);
  }

  /** The small blobs of a layout: its documents. */
  private static String blobs(Path layout) throws IOException {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> all = Files.list(layout.resolve("blobs/sha256"))) {
      for (Path blob : all.toList()) {
        if (Files.size(blob) < 10_000) {
          text.append(new String(Files.readAllBytes(blob), StandardCharsets.ISO_8859_1));
        }
      }
    }
    return text.toString();
  }

  @Test
  void directory_hasTheMergedFiles_withoutWhatWouldAct() throws IOException {
    Path directory = Files.createDirectory(place.resolve("files")); // empty is as good as missing
    try (Engine engine = store.open()) {
      StoredImage unused = engine.build(IMAGE, spec -> spec.output(Output.directory(directory)));
    }
    assertEquals(List.of("files"), names());
    assertEquals("text\n", Files.readString(directory.resolve("file")));
    Map<String, Object> file = Files.readAttributes(directory.resolve("file"), "unix:*");
    assertEquals(0755, (int) Objects.requireNonNull(file.get("mode")) & 07777);
    assertEquals("7:8", file.get("uid") + ":" + file.get("gid"));
    assertEquals("x\n", Files.readString(directory.resolve("deep/er/x")));
    assertFalse(Files.exists(directory.resolve("bin/vi"), LinkOption.NOFOLLOW_LINKS));
    assertTrue(Files.isSymbolicLink(directory.resolve("link")));
  }

  @Test
  void directory_thatHasFiles_isRefusedBeforeAnyStep() throws IOException {
    Path mine = Files.writeString(Files.createDirectory(place.resolve("d")).resolve("mine"), "m");
    try (Engine engine = store.open()) {
      int images = engine.images().listAll().size();
      assertThrows(
          IllegalArgumentException.class,
          () -> engine.build(IMAGE, spec -> spec.output(Output.directory(place.resolve("d")))));
      assertEquals(images, engine.images().listAll().size());
    }
    assertEquals("m", Files.readString(mine));
    assertEquals(List.of("d"), names());
  }

  @Test
  void tar_isTheRootForTarPrograms() {
    Path tar = place.resolve("root.tar");
    try (Engine engine = store.open()) {
      StoredImage unused = engine.build(IMAGE, spec -> spec.output(Output.tar(tar)));
    }
    String list =
        Command.run(Duration.ofMinutes(1), "tar", "-tvf", tar.toString(), "--numeric-owner");
    assertTrue(list.lines().anyMatch(l -> l.matches("-rwsr-xr-x 7/8 .* file")), list);
    assertFalse(list.contains("bin/vi\n"), list);
    assertTrue(list.contains("link -> /../../../escape"), list);
  }

  @Test
  void cacheOnly_givesNoImage_andTheNextBuildIsCached() {
    try (Engine engine = store.open()) {
      int images = engine.images().list().size();
      StoredImage steps = engine.build(IMAGE, spec -> spec.output(Output.cacheOnly()));
      assertEquals(images, engine.images().list().size());
      StoredImage made = engine.build(IMAGE);
      assertEquals(steps.id(), made.id());
      assertEquals(images + 1, engine.images().list().size());
    }
  }

  @Test
  void annotations_arePushed(RegistryProcess registry) {
    String name = registry.reference("annotated:1");
    try (Engine engine = store.open()) {
      StoredImage unused = engine.build(IMAGE, spec -> spec.tag(name).annotation("a", "1"));
      var first = engine.push(name);
      assertEquals(Map.of("a", "1"), annotations(engine, name));
      unused = engine.build(IMAGE, spec -> spec.tag(name).annotation("a", "2"));
      assertFalse(first.digest().equals(engine.push(name).digest()));
      assertEquals(Map.of("a", "2"), annotations(engine, name));
      unused = engine.build(IMAGE, spec -> spec.tag(name));
      var last = engine.push(name);
      assertFalse(first.digest().equals(last.digest()));
      assertEquals(Map.of(), annotations(engine, name));
    }
  }

  private static Map<String, String> annotations(Engine engine, String name) {
    return Manifest.parse(engine.registries().manifest(name)).annotations();
  }
}
