package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.BuildContext;
import io.jollyboat.BuildException;
import io.jollyboat.Engine;
import io.jollyboat.FileSet;
import io.jollyboat.Image;
import io.jollyboat.StoredImage;
import io.jollyboat.test.Command;
import io.jollyboat.test.EngineJvm;
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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Build contexts that are no directories, hostile ones too. */
@IntegrationTest
class BuildContextsIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  private static TestStore store;

  private Path directory;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  @BeforeEach
  void prepare(@TempDir Path temporary) {
    directory = temporary;
  }

  /** What builds keep in a store as long as they run, and dead processes leave. */
  static List<String> unfinished(TestStore of) throws IOException {
    try (Stream<Path> files = Files.walk(of.root().resolve("tmp"), 2)) {
      return files
          .map(file -> of.root().resolve("tmp").relativize(file).toString())
          .filter(name -> name.contains("/") && !name.endsWith("/lock"))
          .toList();
    }
  }

  private Path file(String name, String text) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private Path archive(String name, String... words) {
    Path archive = directory.resolve(name);
    String[] command = {
      "tar", "-C", directory.resolve("in").toString(), "-caf", archive.toString()
    };
    String[] all =
        Stream.concat(Stream.of(command), Stream.of(words.length == 0 ? new String[] {"."} : words))
            .toArray(String[]::new);
    String unused = Command.run(SOON, all);
    return archive;
  }

  @Test
  void archives_ofEveryCompression_areContextsWithADockerfile() throws IOException {
    file("in/Dockerfile", "FROM " + TestImages.BUSYBOX + "\nCOPY --from=more y /\nCOPY . /all/\n");
    file("in/sub/file", "content");
    file("in/left", "out");
    file("in/.dockerignore", "left\nDockerfile\n");
    FileSet more = FileSet.empty().bytes("of the program".getBytes(StandardCharsets.UTF_8), "/y");
    try (Engine engine = store.open()) {
      for (String end : List.of("tar", "tar.gz", "tar.xz", "tar.bz2", "tar.zst")) {
        try (InputStream content = Files.newInputStream(archive("context." + end))) {
          StoredImage image =
              engine.build(
                  build ->
                      build
                          .context(BuildContext.stream(content))
                          .context("more", BuildContext.files(more)));
          assertEquals(
              ".dockerignore\nsub\ncontentof the program",
              Result.sh(engine, Specs.alone(image.id()), "ls -A /all; cat /all/sub/file /y"));
        }
      }
      assertEquals(List.of(), unfinished(store));
    }
  }

  @Test
  void archive_withLinksOut_reachesNothingOfTheMachine() throws IOException {
    Path outside = file("outside/secret", "of the machine");
    Files.createDirectories(directory.resolve("in/d"));
    Files.createSymbolicLink(directory.resolve("in/out"), outside.getParent());
    Files.createSymbolicLink(directory.resolve("in/secret"), outside);
    Files.createSymbolicLink(directory.resolve("in/d/up"), Path.of("../../../../outside"));
    Path links = archive("links.tar", "out", "secret", "d");
    for (String source : List.of("out/secret", "secret", "d/up/secret")) {
      assertProblem("is not in the build context", Image.scratch().copy(source, "/x"), links);
    }
    Files.delete(directory.resolve("in/out"));
    file("in/out/secret", "overwritten");
    Path through = directory.resolve("through.tar");
    Files.copy(links, through);
    String unused =
        Command.run(
            SOON,
            "tar",
            "-C",
            directory.resolve("in").toString(),
            "-rf",
            through.toString(),
            "out/secret");
    assertProblem("out is a symbolic link", Image.scratch().copy("d", "/d"), through);
    assertEquals("of the machine", Files.readString(outside));
  }

  @Test
  void archive_thatClimbsOutOrIsABomb_isRefusedAndLeavesNothing() throws IOException {
    file("in/file", "x");
    Path climbing =
        archive("climbing.tar", "--transform", "s,file,../../../../climbed,", "-P", "file");
    assertProblem("climbs out", Image.scratch().copy("x", "/x"), climbing);
    String unused =
        Command.run(
            SOON,
            "sh",
            "-c",
            "cd "
                + directory
                + " && truncate -s 150M in/zeros && tar -C in -czf bomb.tar.gz zeros");
    assertProblem(
        "expands more than 200 times",
        Image.scratch().copy("x", "/x"),
        directory.resolve("bomb.tar.gz"));
    assertEquals(List.of(), unfinished(store));
  }

  private static void assertProblem(String words, Image image, Path archive) {
    try (Engine engine = store.open()) {
      BuildException e =
          assertThrows(
              BuildException.class,
              () -> engine.build(image, build -> build.context(BuildContext.archive(archive))));
      assertTrue(String.valueOf(e.getMessage()).contains(words), e.getMessage());
      assertFalse(String.valueOf(e.getMessage()).contains("of the machine"), e.getMessage());
    }
  }

  @Test
  void archive_ofAProcessThatIsKilled_isGoneWhenTheStoreIsOpenedAgain() throws Exception {
    file("in/Dockerfile", "FROM " + TestImages.BUSYBOX + "\nCOPY . /\nRUN sleep 600\n");
    Path archive = archive("context.tar");
    try (EngineJvm other = EngineJvm.buildingFile(store.root(), archive)) {
      other.expect("running");
      assertFalse(unfinished(store).isEmpty());
      other.kill();
    }
    try (Engine engine = store.open()) {
      assertEquals(List.of(), unfinished(store));
      assertTrue(engine.images().find(TestImages.BUSYBOX).isPresent());
    }
  }

  @Test
  void dockerfile_fromAStream_isBuiltWithoutAContext() {
    byte[] text =
        ("FROM " + TestImages.BUSYBOX + "\nRUN echo made > /made\n")
            .getBytes(StandardCharsets.UTF_8);
    try (Engine engine = store.open()) {
      StoredImage image =
          engine.build(build -> build.context(BuildContext.stream(new ByteArrayInputStream(text))));
      assertEquals("made\n", Result.sh(engine, Specs.alone(image.id()), "cat /made"));
    }
  }
}
