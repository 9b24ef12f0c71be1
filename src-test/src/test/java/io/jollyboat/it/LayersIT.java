package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jollyboat.Engine;
import io.jollyboat.FileSet;
import io.jollyboat.Image;
import io.jollyboat.SaveSpec.Format;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.History;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageConfigBuilder;
import io.jollyboat.oci.Index;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.oci.Platform;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layers that other programs have made, and as many as there may be, beside umoci. */
@IntegrationTest
class LayersIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final Instant TIME = Instant.parse("2020-01-01T00:00:00Z");
  private static final int MOST = 127;

  /** Whiteouts and opaque marks are files to tar; the rest is what archives find hard to say. */
  private static final String TREES =
      """
      cd "$1"; umask 022; mkdir -p one two three
      cd one
      mkdir -p kept opaque/sub gone deep/er etc
      echo 1 > kept/file; ln kept/file kept/same; ln -s /kept/file absolute; ln -s ../x kept/up
      echo old > opaque/old; echo old > opaque/sub/old; echo x > gone/x; echo x > single
      echo replaced > dir-to-file.txt; mkdir file-to-dir; echo y > file-to-dir/y
      truncate -s 3000000 sparse; echo end >> sparse; truncate -s 4000000 sparse
      chown 1234567:7654321 kept/file; chmod 6751 kept/file; mkfifo pipe; mknod null c 1 3
      n=d; i=0; while [ $i -lt 9 ]; do n=$n/ddddddddddddddddddddddddddddddddddd; i=$((i+1)); done
      mkdir -p "$n"; echo far > "$n/$(printf %0200d 5)"
      : > 'Umlaut ü'; : > "$(printf 'bytes-\\377')"
      setcap cap_net_raw+ep kept/same
      cd ../two
      mkdir -p opaque gone2 deep/er; : > .wh.gone; : > .wh.single
      : > opaque/.wh..wh..opq; echo new > opaque/new
      mkdir dir-to-file.txt; echo z > dir-to-file.txt/z
      : > .wh.file-to-dir; echo late > deep/er/late; ln deep/er/late deep/linked
      cd ../three
      mkdir -p deep opaque; : > deep/.wh.linked; echo 3 > opaque/three; echo file > file-to-dir
      find "$1" -depth -exec touch -h -d @1500000000 {} +
      """;

  private static TestStore store;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  private static String shell(String script, Object... words) {
    List<String> all = new ArrayList<>(List.of("sh", "-euc", script, "sh"));
    for (Object word : words) {
      all.add(word.toString());
    }
    return Command.run(LIMIT, all.toArray(String[]::new));
  }

  private static Descriptor put(Path layout, String type, byte[] content) throws IOException {
    Digest digest = Digest.sha256(content);
    Path blobs = Files.createDirectories(layout.resolve("blobs/sha256"));
    Files.write(blobs.resolve(digest.hex()), content);
    return Descriptor.of(type, digest, content.length);
  }

  /** A layout of GNU tar's layers, each compressed by the program at its place, or not. */
  private static Path layout(Path work, List<String> compressions) throws IOException {
    Path layout = Files.createDirectories(work.resolve("layout-" + compressions.get(1)));
    ImageConfigBuilder config = ImageConfig.builder(Platform.current()).created(TIME);
    List<Descriptor> layers = new ArrayList<>();
    List<String> names = List.of("one", "two", "three");
    for (int i = 0; i < names.size(); i++) {
      String program = compressions.get(i);
      Path tar = work.resolve(names.get(i) + "-" + compressions.get(1) + ".tar");
      shell(
          "tar -C \"$1\" --xattrs --xattrs-include='*' -S --format=pax"
              + " --pax-option=delete=atime,delete=ctime -cf \"$2\" .",
          work.resolve("trees").resolve(names.get(i)),
          tar);
      config = config.layer(Digest.sha256(Files.readAllBytes(tar)), History.of(TIME, names.get(i)));
      shell("if [ $2 != cat ]; then $2 -q -c < $1 > $1.z; else cp $1 $1.z; fi", tar, program);
      String suffix = program.equals("cat") ? "" : "+" + program;
      byte[] blob = Files.readAllBytes(Path.of(tar + ".z"));
      layers.add(put(layout, MediaType.OCI_LAYER + suffix, blob));
    }
    ImageConfig built = config.build();
    Descriptor unused = put(layout, MediaType.OCI_CONFIG, built.bytes());
    Manifest manifest = Manifest.of(built.descriptor(), layers);
    Descriptor entry = put(layout, MediaType.OCI_MANIFEST, manifest.bytes());
    entry = entry.withAnnotation("org.opencontainers.image.ref.name", "made");
    Files.write(layout.resolve("index.json"), Index.of(List.of(entry)).bytes());
    Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    return layout;
  }

  private static List<String> facts(Path tree) {
    List<String> facts = new ArrayList<>(TreeText.of(tree));
    String times = "cd \"$1\"; find . -mindepth 1 ! -type l -printf '%P %s %Ts\\n' | LC_ALL=C sort";
    facts.addAll(shell(times, tree).lines().toList());
    return facts;
  }

  private static String unpackedByUmoci(Path layout, String tag, Path bundle) {
    shell("umoci unpack --image \"$1:$2\" \"$3\" >&2", layout, tag, bundle);
    return String.join("\n", facts(bundle.resolve("rootfs")));
  }

  @Test
  void layersOfGnuTar_inEveryCompression_areWhatUmociMakesOfThem(@TempDir Path work)
      throws IOException {
    shell(TREES, Files.createDirectory(work.resolve("trees")));
    Path gzip = layout(work, List.of("gzip", "gzip", "gzip"));
    String expected = unpackedByUmoci(gzip, "made", work.resolve("bundle"));
    Path mixed = layout(work, List.of("zstd", "cat", "gzip"));
    for (Path layout : List.of(gzip, mixed)) {
      try (TestStore own = TestStore.empty();
          Engine engine = own.open()) {
        StoredImage image = engine.images().load(layout).get(0);
        Path tree = Files.createDirectory(work.resolve("tree-" + layout.getFileName()));
        List<String> unused = ImageTree.of(engine, image.id(), tree);
        assertEquals(expected, String.join("\n", facts(tree)), layout.toString());
        Path again = work.resolve("again-" + layout.getFileName());
        engine
            .images()
            .save(List.of(image.id().toString()), again, s -> s.format(Format.OCI_LAYOUT));
        assertEquals(
            shell("cd \"$1/blobs/sha256\"; ls; cat * | sha256sum", layout),
            shell("cd \"$1/blobs/sha256\"; ls; cat * | sha256sum", again),
            "blobs are kept byte by byte");
      }
    }
  }

  @Test
  void image_ofAsManyLayersAsThereMayBe_isSavedLoadedAndRun(@TempDir Path work) throws IOException {
    Image recipe = Image.from(TestImages.BUSYBOX);
    for (int i = 1; i < MOST; i++) {
      recipe =
          recipe.files(
              FileSet.empty().bytes(("" + i).getBytes(StandardCharsets.UTF_8), "/many/" + i));
    }
    Path layout = work.resolve("layout");
    try (Engine engine = store.open()) {
      StoredImage image = engine.build(recipe, b -> b.tag("many:1"));
      assertEquals(MOST, image.config().diffIds().size());
      engine.images().save(List.of("many:1"), layout, s -> s.format(Format.OCI_LAYOUT));
    }
    String expected = unpackedByUmoci(layout, "1", work.resolve("bundle"));
    try (TestStore own = TestStore.empty();
        Engine engine = own.open()) {
      StoredImage image = engine.images().load(layout).get(0);
      String script = "ls /many | wc -l; cat /many/1 /many/126";
      assertEquals("126\n1126", Result.sh(engine, Specs.alone(image.id()), script));
      Path tree = Files.createDirectory(work.resolve("tree"));
      List<String> unused = ImageTree.of(engine, image.id(), tree);
      assertEquals(expected, String.join("\n", facts(tree)));
      assertEquals(List.of(), engine.images().verify().findings());
    }
  }
}
