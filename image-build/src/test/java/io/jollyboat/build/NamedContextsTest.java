package io.jollyboat.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.BuildException;
import io.jollyboat.Image;
import io.jollyboat.dockerfile.Dockerfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names that the caller of a build gives a meaning. */
class NamedContextsTest {
  private Path other;
  private FakeMachine machine;

  @BeforeEach
  void prepare(@TempDir Path directory) throws IOException {
    other = Files.createDirectory(directory.resolve("other"));
    Files.writeString(other.resolve("file"), "of the directory");
    Files.writeString(other.resolve("left"), "out");
    Files.writeString(other.resolve(".dockerignore"), "left\n");
    machine = new FakeMachine(Files.createDirectory(directory.resolve("store")));
    machine.base("base", Map.of("etc/", "", "file", "of the base"), config -> config);
    machine.base("second", Map.of("etc/", "", "file", "of the second"), config -> config);
  }

  private static Image read(String text) {
    return Image.of(Dockerfile.parse(text));
  }

  @Test
  void directory_isReadByCopyAndMountLessWhatItIgnores() throws IOException {
    Image image =
        read(
            """
            FROM base
            COPY --from=extra . /all/
            COPY --from=extra --chmod=600 file /one
            RUN --mount=from=extra,source=file,target=/shown show /shown
            """);
    var events = machine.watch(image, spec -> spec.context("extra", other));
    MemoryTree tree = machine.tree(events.image());

    assertEquals("of the directory", tree.text("all/file"));
    assertTrue(tree.find("all/left").isEmpty());
    assertEquals(0600, tree.find("one").orElseThrow().attributes().mode());
    assertEquals("of the directory", events.output.toString());
    assertEquals(List.of(), machine.watch(image, spec -> spec.context("extra", other)).ran());
    Files.writeString(other.resolve("file"), "changed");
    assertEquals(
        List.of(2, 3, 4), machine.watch(image, spec -> spec.context("extra", other)).ran());
  }

  @Test
  void directory_missingFile_namesTheContext() {
    Image image = read("FROM base\nCOPY --from=extra fil /x\n");
    BuildException e =
        assertThrows(
            BuildException.class, () -> machine.build(image, spec -> spec.context("extra", other)));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains("\"fil\" is not in the context extra"), message);
    assertTrue(message.contains("did you mean \"file\"?"), message);
  }

  @Test
  void directory_asABase_isRefusedBeforeAnyStep() {
    BuildException e =
        assertThrows(
            BuildException.class,
            () -> machine.build(read("FROM extra\n"), spec -> spec.context("extra", other)));
    assertTrue(String.valueOf(e.getMessage()).contains("is no base"), e.getMessage());
  }

  @Test
  void image_replacesBasesStagesAndSources() {
    Image image =
        read(
            """
            FROM base AS made
            ENV MADE=yes
            FROM base
            COPY --from=made /file /from-stage
            COPY --from=elsewhere /file /from-name
            """);
    Image second = Image.from("second");
    MemoryTree tree =
        machine.tree(
            machine.build(
                image, spec -> spec.context("made", second).context("elsewhere", second)));
    assertEquals("of the base", tree.text("file"));
    assertEquals("of the second", tree.text("from-stage"));
    assertEquals("of the second", tree.text("from-name"));
    assertEquals(
        "of the second",
        machine
            .tree(
                machine.build(
                    image, spec -> spec.context("base", second).context("elsewhere", second)))
            .text("file"));
  }

  @Test
  void image_thatIsBuiltOnItsOwnName_meansTheImageOfThatName() {
    Image patched = Image.from("base").env("PATCHED", "yes");
    assertTrue(
        machine
            .build(read("FROM base\nUSER x\n"), spec -> spec.context("base", patched))
            .config()
            .env()
            .contains("PATCHED=yes"));
  }
}
