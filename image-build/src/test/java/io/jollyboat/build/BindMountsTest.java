package io.jollyboat.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.BuildException;
import io.jollyboat.Image;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.spi.host.StepRequest.StepMount.Content;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a bind mount of RUN is made of, and that its key stays true. */
class BindMountsTest {
  private Path context;
  private FakeMachine machine;

  @BeforeEach
  void prepare(@TempDir Path directory) throws IOException {
    context = Files.createDirectory(directory.resolve("context"));
    Files.createDirectories(context.resolve("src/deep"));
    Files.writeString(context.resolve("src/main"), "int");
    Files.writeString(context.resolve("src/deep/left"), "left out");
    machine = new FakeMachine(Files.createDirectory(directory.resolve("store")));
    machine.base("base", Map.of("etc/", "", "etc/file", "of the base"), config -> config);
  }

  @AfterEach
  void nothingIsLeft() {
    assertEquals(0, machine.openChanges.get());
  }

  private Events run(String run) {
    Image image = Image.of(Dockerfile.parse("FROM base\nRUN " + run + "\n"));
    return machine.watch(image, spec -> spec.context(context));
  }

  private Content mounted() {
    int last = machine.commands.requests.size() - 1;
    return machine.commands.requests.get(last).mounts().get(0).content();
  }

  @Test
  void directory_ofTheContext_isMountedItselfByThePathInsideIt() throws IOException {
    Files.createSymbolicLink(context.resolve("link"), Path.of("src"));
    var events = run("--mount=source=link,target=/s show /s/main");
    assertEquals("int", events.output.toString());
    assertEquals(new Content.Bind(context, "src"), mounted());
  }

  @Test
  void directory_ofWhichSomethingIsLeftOut_isACopyWithoutIt() throws IOException {
    Files.writeString(context.resolve(".dockerignore"), "src/deep/left\n");
    assertEquals("int", run("--mount=source=src,target=/s show /s/main").output.toString());
    Path copy = assertInstanceOf(Content.Bind.class, mounted()).source();
    assertFalse(copy.startsWith(context));
    assertTrue(Files.exists(copy.resolve("main")));
    assertFalse(Files.exists(copy.resolve("deep/left")));
  }

  @Test
  void directory_thatMayBeWritten_isACopy() {
    assertEquals("int", run("--mount=source=src,target=/s,rw show /s/main").output.toString());
    assertFalse(assertInstanceOf(Content.Bind.class, mounted()).source().startsWith(context));
  }

  @Test
  void directory_changedWhileTheCommandRuns_failsTheStepAndIsNotKnownLater() {
    String run = "--mount=source=src,target=/s alter " + context.resolve("src/main") + " ";
    BuildException e = assertThrows(BuildException.class, () -> run(run + "other"));
    assertTrue(String.valueOf(e.getMessage()).contains("was changed while"), e.getMessage());
    assertTrue(String.valueOf(e.getMessage()).startsWith("Dockerfile:2:1"), e.getMessage());
    assertEquals(List.of(2), run(run + "other").ran());
    assertEquals(List.of(), run(run + "other").ran());
  }

  @Test
  void directory_changedWhileTheStepWaits_failsItAndIsNotKnownUnderTheOldKey() {
    for (String options : List.of("", ",rw")) {
      machine.beforeLocks.add(() -> write("src/main", "changed" + options));
      String run = "--mount=source=src,target=/s" + options + " show /s/main";
      BuildException e = assertThrows(BuildException.class, () -> run(run));
      assertTrue(String.valueOf(e.getMessage()).contains("was changed"), e.getMessage());
      machine.beforeLocks.clear();
      write("src/main", "int");
      assertEquals("int", run(run).output.toString());
    }
  }

  private void write(String file, String text) {
    try {
      Files.writeString(context.resolve(file), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void directory_changedByACommandThatFails_leavesWhatThatSaid() {
    String run = "--mount=source=src,target=/s alter " + context.resolve("src/main") + " x 3";
    BuildException e = assertThrows(BuildException.class, () -> run(run));
    assertEquals(3, e.exitCode().orElseThrow());
    assertEquals("altered\n", e.output());
    assertTrue(e.failed().isPresent());
  }

  @Test
  void directory_ofAnImage_isShownFromItsLayersAndReadOnce() {
    assertEquals(
        "of the base",
        run("--mount=from=base,source=etc,target=/s show /s/file").output.toString());
    Content.Layers layers = assertInstanceOf(Content.Layers.class, mounted());
    assertEquals("etc", layers.below());
    int merges = machine.merges.get();
    assertEquals(List.of(), run("--mount=from=base,source=etc,target=/s show /s/file").ran());
    assertEquals(merges, machine.merges.get());
  }
}
