package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.ImageId;
import io.jollyboat.SaveSpec.Compression;
import io.jollyboat.SaveSpec.Format;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.test.Command;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is saved here, Skopeo, Podman, Buildah and umoci read, and the reverse. */
@IntegrationTest
class ArchiveInteropIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String NAME = "localhost/made:1";

  private static TestStore store;
  private static ImageId made;

  @BeforeAll
  static void build(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
    Image image =
        Image.from(TestImages.BUSYBOX)
            .run(
                "mkdir -p /d/opaque /d/gone; echo 1 > /d/one; ln /d/one /d/same; ln -s one /d/link;"
                    + " touch /d/opaque/old /d/gone/x; chmod 4751 /d/one; chown 7:8 /d/same;"
                    + " mkfifo /d/pipe; echo long > /d/$(printf %0200d 7)")
            .run("rm -r /d/gone /d/opaque; mkdir /d/opaque; touch /d/opaque/new")
            .env("MADE", "here")
            .cmd("cat", "/d/one");
    try (Engine engine = store.open()) {
      made = engine.build(image, b -> b.tag(NAME)).id();
    }
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  private static String run(String program, Object... words) {
    List<String> all = new ArrayList<>(List.of(Command.find(program).toString()));
    for (Object word : words) {
      all.add(word.toString());
    }
    return Command.run(LIMIT, all.toArray(String[]::new));
  }

  /** Podman or Buildah with a store of its own. */
  private static String inStore(String program, Path directory, Object... words) {
    List<Object> all =
        new ArrayList<>(
            List.of(
                "--mount",
                Command.find(program),
                "--root=" + directory.resolve("root"),
                "--runroot=" + directory.resolve("run"),
                "--storage-driver=vfs"));
    all.addAll(List.of(words));
    return run("unshare", all.toArray());
  }

  private static String idOf(String config) {
    return ImageConfig.parse(config.getBytes(StandardCharsets.UTF_8)).id().toString();
  }

  private static Path save(Path work, Format format, Compression compression) {
    Path saved = work.resolve("saved");
    try (Engine engine = store.open()) {
      engine.images().save(List.of(NAME), saved, s -> s.format(format).compression(compression));
    }
    return saved;
  }

  /** Loads into a new store, runs what came, and gives it. */
  private static StoredImage loaded(Path archive) {
    try (TestStore other = TestStore.empty();
        Engine engine = other.open()) {
      List<StoredImage> images = engine.images().load(archive);
      assertEquals(1, images.size(), images.toString());
      assertEquals("1\n", Result.of(engine, Specs.alone(images.get(0).id())).out());
      return images.get(0);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "DOCKER_ARCHIVE, AS_STORED, docker-archive, :localhost/made:1",
    "DOCKER_ARCHIVE, NONE, docker-archive, :localhost/made:1",
    "DOCKER_ARCHIVE, AS_STORED, oci-archive, :1",
    "OCI_ARCHIVE, ZSTD, oci-archive, :1",
    "OCI_ARCHIVE, AS_STORED, oci-archive, :1",
    "OCI_LAYOUT, NONE, oci, :1",
  })
  void saved_isReadBySkopeo(
      Format format, Compression compression, String transport, String name, @TempDir Path work) {
    Path saved = save(work, format, compression);
    String source = transport + ":" + saved + name;
    assertEquals(made.toString(), idOf(run("skopeo", "inspect", "--config", "--raw", source)));
    // A copy reads every byte, and compares them with their digests.
    run("skopeo", "--insecure-policy", "copy", "-q", source, "dir:" + work.resolve("copy"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"DOCKER_ARCHIVE", "OCI_ARCHIVE"})
  void saved_isLoadedByPodman(Format format, @TempDir Path work) {
    Path saved = save(work, format, Compression.AS_STORED);
    String loaded = inStore("podman", work, "load", "-q", "-i", saved);
    assertTrue(loaded.contains(NAME), loaded);
    String id = inStore("podman", work, "images", "--no-trunc", "-q", NAME).strip();
    assertEquals(made.toString(), id);
  }

  @Test
  void saved_isPulledAndPushedByBuildahAndComesBack(@TempDir Path work) {
    Path saved = save(work, Format.DOCKER_ARCHIVE, Compression.GZIP);
    String id = inStore("buildah", work, "pull", "-q", "docker-archive:" + saved).strip();
    assertEquals(made.digest().hex(), id);
    for (String transport : List.of("oci-archive", "docker-archive")) {
      Path back = work.resolve(transport);
      inStore("buildah", work, "push", "-q", id, transport + ":" + back + ":" + NAME);
      StoredImage image = loaded(back);
      assertEquals(List.of(NAME), image.names().stream().map(Object::toString).toList());
      assertEquals(config().diffIds(), image.config().diffIds());
    }
  }

  private static ImageConfig config() {
    try (Engine engine = store.open()) {
      return engine.images().find(NAME).orElseThrow().config();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"docker-archive", "oci-archive", "oci-dir"})
  void savedByPodman_isLoaded(String format, @TempDir Path work) {
    Path saved = save(work, Format.DOCKER_ARCHIVE, Compression.NONE);
    inStore("podman", work, "load", "-q", "-i", saved);
    Path back = work.resolve("back");
    inStore("podman", work, "save", "-q", "--format", format, "-o", back, NAME);
    StoredImage image = loaded(back);
    assertEquals(config().diffIds(), image.config().diffIds());
    assertEquals("here", image.config().env("MADE").orElseThrow());
    if (!format.equals("oci-dir")) {
      assertEquals(List.of(NAME), image.names().stream().map(Object::toString).toList());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "xz", "zstd", "bzip2"})
  void savedBySkopeo_compressedAsAWhole_isLoaded(String program, @TempDir Path work)
      throws IOException {
    Path layout = save(work, Format.OCI_LAYOUT, Compression.AS_STORED);
    Path tar = work.resolve("a.tar");
    run(
        "skopeo",
        "--insecure-policy",
        "copy",
        "-q",
        "oci:" + layout + ":1",
        "docker-archive:" + tar + ":" + NAME);
    run(program, "-1", tar);
    Path compressed;
    try (var files = Files.list(work)) {
      compressed =
          files
              .filter(file -> file.getFileName().toString().startsWith("a.tar."))
              .findFirst()
              .orElseThrow();
    }
    assertEquals(made, loaded(compressed).id());
  }

  @Test
  void saved_isUnpackedByUmociAsItIsHere(@TempDir Path work) throws IOException {
    Path layout = save(work, Format.OCI_LAYOUT, Compression.AS_STORED);
    assertEquals("1\n", run("umoci", "ls", "--layout", layout));
    Path bundle = work.resolve("bundle");
    run("umoci", "unpack", "--image", layout + ":1", bundle);
    try (Engine engine = store.open()) {
      List<String> ours = ImageTree.of(engine, made, Files.createDirectory(work.resolve("ours")));
      assertEquals(
          String.join("\n", TreeText.of(bundle.resolve("rootfs"))), String.join("\n", ours));
    }
  }

  @Test
  void changedByUmoci_isLoadedAndRuns(@TempDir Path work) throws IOException {
    Path layout = save(work, Format.OCI_LAYOUT, Compression.AS_STORED);
    Path bundle = work.resolve("bundle");
    run("umoci", "unpack", "--image", layout + ":1", bundle);
    Files.writeString(bundle.resolve("rootfs/d/one"), "1\n");
    Files.delete(bundle.resolve("rootfs/d/link"));
    Files.createLink(bundle.resolve("rootfs/d/again"), bundle.resolve("rootfs/d/one"));
    run("umoci", "repack", "--image", layout + ":new", bundle);
    run("umoci", "rm", "--image", layout + ":1");
    List<String> expected = TreeText.of(bundle.resolve("rootfs"));
    try (TestStore other = TestStore.empty();
        Engine engine = other.open()) {
      StoredImage image = engine.images().load(layout).get(0);
      assertEquals(
          String.join("\n", expected),
          String.join(
              "\n", ImageTree.of(engine, image.id(), Files.createDirectory(work.resolve("ours")))));
    }
  }
}
