package io.jollyboat.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.BuildContext;
import io.jollyboat.BuildException;
import io.jollyboat.BuildSpec;
import io.jollyboat.FileSet;
import io.jollyboat.Image;
import io.jollyboat.Progress;
import io.jollyboat.StoredImage;
import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.store.TreeArchive;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a build reads from, and where it finds its Dockerfile. */
class ContextsTest {
  private static final FileAttributes PLAIN = new FileAttributes(0640, 7, 8, Instant.EPOCH);

  private Path directory;
  private FakeMachine machine;

  @BeforeEach
  void prepare(@TempDir Path temporary) throws IOException {
    directory = Files.createDirectory(temporary.resolve("context"));
    machine = new FakeMachine(Files.createDirectory(temporary.resolve("store")));
    machine.base("base", Map.of("etc/", ""), config -> config);
  }

  @AfterEach
  void nothingIsLeft() {
    assertEquals(0, machine.openChanges.get());
  }

  private StoredImage build(UnaryOperator<BuildSpec> options) {
    return machine.builder.build(options.apply(BuildSpec.defaults()), Progress.none());
  }

  private static BuildContext files(Map<String, String> texts) {
    FileSet all = FileSet.empty();
    for (Map.Entry<String, String> file : texts.entrySet()) {
      all = all.bytes(file.getValue().getBytes(StandardCharsets.UTF_8), file.getKey());
    }
    return BuildContext.files(all);
  }

  private static InputStream text(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static InputStream tar(TreeEntry... entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    TreeArchive archive = new TreeArchive(bytes);
    for (TreeEntry entry : entries) {
      archive.visit(entry, () -> text("x".repeat((int) entry.size())));
    }
    archive.finish();
    return new ByteArrayInputStream(bytes.toByteArray());
  }

  @Test
  void files_ofTheProgram_areCopiedLessWhatIsIgnored() {
    Image image = Image.from("base").copy(".", "/all/");
    BuildContext context =
        files(Map.of("/src/main.c", "int", "/left.log", "x", "/.dockerignore", "*.log\n"));
    StoredImage built = machine.build(image, spec -> spec.context(context));

    assertEquals("int", machine.tree(built).text("all/src/main.c"));
    assertTrue(machine.tree(built).find("all/left.log").isEmpty());
    assertEquals(built.id(), machine.build(image, spec -> spec.context(context)).id());
  }

  @Test
  void dockerfile_ofTheContext_isBuiltWithItsOwnIgnoreFile() throws IOException {
    Files.writeString(directory.resolve("Dockerfile"), "FROM base AS a\nRUN touch /a\nFROM a\n");
    Files.createDirectory(directory.resolve("docker"));
    Files.writeString(directory.resolve("docker/app"), "FROM base\nCOPY . /all/\n");
    Files.writeString(directory.resolve("docker/app.dockerignore"), "Dockerfile\n");
    Files.writeString(directory.resolve(".dockerignore"), "docker\n");

    assertTrue(machine.tree(build(spec -> spec.context(directory))).find("a").isPresent());
    assertTrue(
        machine.tree(build(spec -> spec.context(directory).target("a"))).find("a").isPresent());
    MemoryTree all = machine.tree(build(spec -> spec.context(directory).dockerfile("docker/app")));
    assertTrue(all.find("all/docker/app").isPresent());
    assertTrue(all.find("all/Dockerfile").isEmpty());
  }

  @Test
  void dockerfile_thatIsNotThere_isNamedWithTheClosest() throws IOException {
    Files.writeString(directory.resolve("Dockerfiles"), "FROM base\n");
    assertProblem(
        "it has no file \"Dockerfile\"; did you mean \"Dockerfiles\"?",
        spec -> spec.context(directory));
    assertProblem("there is none to find a Dockerfile in", spec -> spec);
    assertProblem("is not a directory", spec -> spec.context(directory.resolve("Dockerfiles")));
  }

  @Test
  void dockerfile_inLowerCase_isFoundWhereNoneIsNamed() throws IOException {
    Files.writeString(directory.resolve("dockerfile"), "FROM base\nRUN touch /a\n");
    assertTrue(machine.tree(build(spec -> spec.context(directory))).find("a").isPresent());
    assertProblem(
        "it has no file \"Dockerfile\"", spec -> spec.context(directory).dockerfile("Dockerfile"));
  }

  @Test
  void dockerfile_withWildcardsInItsName_isThatFile() throws IOException {
    Path app = Files.createDirectories(directory.resolve("app/[slug]"));
    Files.writeString(app.resolve("Docker*"), "FROM base\nRUN touch /a\n");
    StoredImage built = build(spec -> spec.context(directory).dockerfile("app/[slug]/Docker*"));
    assertTrue(machine.tree(built).find("a").isPresent());
    assertProblem(
        "it has no file", spec -> spec.context(directory).dockerfile("app/[slug]/Docker?"));
  }

  private void assertProblem(String words, UnaryOperator<BuildSpec> options) {
    BuildException e = assertThrows(BuildException.class, () -> build(options));
    assertTrue(String.valueOf(e.getMessage()).contains(words), e.getMessage());
  }

  @Test
  void dockerfile_thatIsALinkOut_isNotRead(@TempDir Path outside) throws IOException {
    Path secret = Files.writeString(outside.resolve("Dockerfile"), "FROM base\n");
    Files.createSymbolicLink(directory.resolve("Dockerfile"), secret);
    Files.createSymbolicLink(directory.resolve(".dockerignore"), secret);
    Files.writeString(directory.resolve("other"), "FROM base\nCOPY other /\n");

    assertProblem("it has no file \"Dockerfile\"", spec -> spec.context(directory));
    StoredImage built = build(spec -> spec.context(directory).dockerfile("other"));
    assertTrue(machine.tree(built).find("other").isPresent());
  }

  @Test
  void dockerfile_besideAnImage_isRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> machine.build(Image.from("base"), spec -> spec.context(directory).target("x")));
  }

  @Test
  void stream_thatIsNoArchive_isADockerfileWithoutAContext() {
    StoredImage built =
        build(spec -> spec.context(BuildContext.stream(text("FROM base\nRUN touch /made\n"))));
    assertTrue(machine.tree(built).find("made").isPresent());

    assertProblem(
        "there is no build context to read from",
        spec -> spec.context(BuildContext.stream(text("FROM base\nCOPY x /\n"))));
  }

  @Test
  void stream_thatIsAnArchive_isTheContext() throws IOException {
    InputStream tar =
        tar(
            TreeEntry.directory("d", PLAIN.withMode(0700)),
            TreeEntry.file("d/file", PLAIN, 5),
            TreeEntry.symlink("link", PLAIN.withMode(0777), "d/file"));
    Image image = Image.from("base").copy("link", "/copied").copy("d", "/d");
    MemoryTree tree =
        machine.tree(machine.build(image, spec -> spec.context(BuildContext.stream(tar))));
    assertEquals("xxxxx", tree.text("copied"));
    assertEquals(0, tree.find("d/file").orElseThrow().attributes().uid());
  }

  @Test
  void stream_withADevice_isRefused() throws IOException {
    InputStream tar =
        tar(new TreeEntry("sda", TreeEntry.Kind.BLOCK_DEVICE, PLAIN, 0, "", 8, 0, false));
    assertProblem(
        "the build context: sda is a device", spec -> spec.context(BuildContext.stream(tar)));
  }

  @Test
  void stream_thatEndsTooEarly_isRefused() throws IOException {
    byte[] whole = tar(TreeEntry.file("file", PLAIN, 5000)).readAllBytes();
    InputStream cut = new ByteArrayInputStream(whole, 0, 2000);
    assertProblem("the build context: ", spec -> spec.context(BuildContext.stream(cut)));
  }

  @Test
  void named_archiveOrFiles_areWhatTheNameMeans() throws IOException {
    Path archive = directory.resolve("extra.tar");
    Files.copy(tar(TreeEntry.file("file", PLAIN, 3)), archive);
    Image image =
        Image.from("base")
            .with(io.jollyboat.dockerfile.Copy.of("file").to("/a").from("one"))
            .with(io.jollyboat.dockerfile.Copy.of("file").to("/b").from("two"));
    MemoryTree tree =
        machine.tree(
            machine.build(
                image,
                spec ->
                    spec.context("one", BuildContext.archive(archive))
                        .context("two", files(Map.of("/file", "y")))));
    assertEquals("xxx", tree.text("a"));
    assertEquals("y", tree.text("b"));
  }

  @Test
  void git_addressThatIsNone_isRefused() {
    assertProblem(
        "is no address of a git repository",
        spec -> spec.context(BuildContext.git("https://example.invalid/x")));
  }
}
