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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The check rules that need more than the text, and the ignore file of one Dockerfile. */
class ChecksTest {
  private Path context;
  private FakeMachine machine;

  @BeforeEach
  void prepare(@TempDir Path directory) throws IOException {
    context = Files.createDirectory(directory.resolve("context"));
    machine = new FakeMachine(Files.createDirectory(directory.resolve("store")));
    machine.base(
        "base", Map.of("etc/", ""), config -> config.toBuilder().env("OF_BASE", "x").build());
  }

  private Events watch(Dockerfile text) {
    return machine.watch(Image.of(text), spec -> spec.context(context));
  }

  @Test
  void build_undefinedVariable_isAWarningThatKnowsTheBase() {
    Dockerfile text =
        Dockerfile.parse(
            """
            FROM base
            ARG MINE
            ENV A=$OF_BASE B=$OF_BASES C=${MAYBE:-x}$MINE
            # check=skip=UndefinedVar
            LABEL a=$NOTHING
            """);
    assertEquals(
        List.of(
            "Dockerfile:3:1: Usage of undefined variable '$OF_BASES'; did you mean $OF_BASE?"
                + " [UndefinedVar]",
            "Dockerfile:3:1: Usage of undefined variable '$MINE' [UndefinedVar]"),
        watch(text).warnings);
  }

  @Test
  void build_copyOfAnIgnoredFile_isAWarningBeforeTheError() throws IOException {
    Files.writeString(context.resolve(".dockerignore"), "*.log\n");
    Files.writeString(context.resolve("a.log"), "");
    Dockerfile text = Dockerfile.parse("# check=error=true\nFROM base\nCOPY ./a.log /\n");
    BuildException e = assertThrows(BuildException.class, () -> watch(text));
    assertTrue(
        String.valueOf(e.getMessage())
            .contains(
                "says check=error=true, and Dockerfile:3:1: Attempting to copy file \"./a.log\""),
        e.getMessage());
    assertEquals(1, e.step().number());
  }

  @Test
  void build_baseOfAnotherPlatform_isAWarning() {
    Dockerfile text = Dockerfile.parse("ARG P=linux/s390x\nFROM --platform=$P base\n");
    List<String> warnings = watch(text).warnings;
    assertEquals(1, warnings.size(), warnings.toString());
    assertTrue(warnings.get(0).endsWith("not for linux/s390x [InvalidBaseImagePlatform]"));
  }

  @Test
  void build_checkErrorWithoutWarnings_builds() {
    assertEquals(
        List.of(), watch(Dockerfile.parse("# check=error=true\nFROM base\nUSER x\n")).warnings);
  }

  @Test
  void build_sourceDateEpochAsAnArgument_isTheTimestamp() {
    Image image = Image.of(Dockerfile.parse("FROM base\nUSER x\n"));
    var events = machine.watch(image, spec -> spec.arg("SOURCE_DATE_EPOCH", "1700000000"));
    assertEquals(
        Instant.ofEpochSecond(1_700_000_000), events.image().config().created().orElseThrow());
    assertEquals(List.of(), events.warnings);
    assertThrows(
        IllegalArgumentException.class,
        () -> machine.watch(image, spec -> spec.arg("SOURCE_DATE_EPOCH", "soon")));
  }

  @Test
  void build_dockerfileWithItsOwnIgnoreFile_needsNoOther() throws IOException {
    Files.writeString(context.resolve(".dockerignore"), "own\n");
    Files.writeString(context.resolve("own"), "own");
    Files.writeString(context.resolve("other"), "other");
    Path file = Files.writeString(context.resolve("web.Dockerfile"), "FROM base\nCOPY . /all/\n");
    Path ignore = Files.writeString(context.resolve("web.Dockerfile.dockerignore"), "other\n");

    MemoryTree tree = machine.tree(watch(Dockerfile.parse(file)).image());
    assertEquals("own", tree.text("all/own"));
    assertTrue(tree.find("all/other").isEmpty());

    Files.delete(ignore);
    tree = machine.tree(watch(Dockerfile.parse(file)).image());
    assertTrue(tree.find("all/own").isEmpty());
    assertEquals("other", tree.text("all/other"));
  }
}
