package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.BuildSpec;
import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.StepExplanation;
import io.jollyboat.StoredImage;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RecordedProgress;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which steps run again, and which do not. */
@IntegrationTest
class BuildCacheIT {
  private static TestStore store;

  private Path context;

  /** Different for every test, so that none finds the steps of another. */
  private Image before;

  private Image image;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  @BeforeEach
  void recipe(@TempDir Path directory) throws IOException {
    context = directory;
    Files.writeString(context.resolve("page"), "one");
    before = Image.from(TestImages.BUSYBOX).workdir("/srv").run("echo " + context + " > /made");
    image = before.copy("page", "page").run("cat page /made > all").cmd("cat", "all");
  }

  @Test
  void build_again_runsNothing() {
    try (Engine engine = store.open()) {
      StoredImage first = engine.build(image, spec -> spec.context(context));
      assertEquals(List.of(), executed(engine, image));
      assertEquals(first.id(), engine.build(image, spec -> spec.context(context)).id());
    }
  }

  @Test
  void build_byAnotherEngineOnTheStore_runsNothing() {
    try (Engine engine = store.open()) {
      engine.build(image, spec -> spec.context(context));
    }
    try (Engine engine = store.open()) {
      assertEquals(List.of(), executed(engine, image));
    }
  }

  @Test
  void build_changedFile_runsFromCopyOn() throws IOException {
    try (Engine engine = store.open()) {
      StoredImage first = engine.build(image, spec -> spec.context(context));
      Files.writeString(context.resolve("page"), "two");
      assertEquals(
          List.of("COPY page page", "RUN cat page /made > all", "CMD [\"cat\", \"all\"]"),
          executed(engine, image));
      assertNotEquals(first.id(), engine.build(image, spec -> spec.context(context)).id());
    }
  }

  @Test
  void explain_changedFile_namesItToAnotherEngineAndDoesNothing() throws IOException {
    try (Engine engine = store.open()) {
      engine.build(image, spec -> spec.context(context));
    }
    Files.writeString(context.resolve("page"), "two");
    try (Engine engine = store.open()) {
      int images = engine.images().list().size();
      List<StepExplanation> steps = engine.explain(image, spec -> spec.context(context));
      List<StepExplanation> missed = steps.stream().filter(step -> !step.cached()).toList();
      assertEquals(3, missed.size(), steps::toString);
      StepExplanation.Change change = missed.get(0).changes().get(0);
      assertEquals(StepExplanation.Input.FILE, change.input());
      assertEquals("page", change.name());
      assertEquals(StepExplanation.Input.PARENT, missed.get(1).changes().get(0).input());
      assertEquals(images, engine.images().list().size());
    }
  }

  @Test
  void build_changedTimeOfFile_runsNothing() throws IOException {
    try (Engine engine = store.open()) {
      engine.build(image, spec -> spec.context(context));
      Files.setLastModifiedTime(context.resolve("page"), FileTime.from(Instant.EPOCH));
      assertEquals(List.of(), executed(engine, image));
    }
  }

  @Test
  void build_changedModeOfFile_runsFromCopyOn() throws IOException {
    try (Engine engine = store.open()) {
      engine.build(image, spec -> spec.context(context));
      assertTrue(context.resolve("page").toFile().setExecutable(true));
      assertEquals(3, executed(engine, image).size());
    }
  }

  @Test
  void build_fileThatNoStepReads_runsNothing() throws IOException {
    try (Engine engine = store.open()) {
      engine.build(image, spec -> spec.context(context));
      Files.writeString(context.resolve("other"), "x");
      assertEquals(List.of(), executed(engine, image));
    }
  }

  @Test
  void build_ignoredFileOfAWholeContext_runsNothing() throws IOException {
    Files.writeString(context.resolve(".dockerignore"), "*.log\n.dockerignore\n");
    Image whole = before.copy(".", ".").cmd("true");
    try (Engine engine = store.open()) {
      engine.build(whole, spec -> spec.context(context));
      Files.writeString(context.resolve("noise.log"), "x");
      assertEquals(List.of(), executed(engine, whole));
      assertEquals(
          "page\n",
          Result.sh(
              engine,
              Specs.alone(engine.build(whole, spec -> spec.context(context)).id()),
              "ls -A"));
    }
  }

  @Test
  void build_changedRunText_runsFromThere() {
    Image changed = before.copy("page", "page").run("cat /made page > all").cmd("cat", "all");
    try (Engine engine = store.open()) {
      engine.build(image, spec -> spec.context(context));
      assertEquals(
          List.of("RUN cat /made page > all", "CMD [\"cat\", \"all\"]"), executed(engine, changed));
    }
  }

  @Test
  void build_withoutCache_runsAll() {
    try (Engine engine = store.open()) {
      engine.build(image, spec -> spec.context(context));
      RecordedProgress progress = new RecordedProgress();
      engine.build(image, spec -> spec.context(context).noCache().progress(progress));
      assertEquals(5, withoutFrom(progress).size(), progress.executed().toString());
      assertEquals(2, progress.containers());
    }
  }

  @Test
  void build_argumentThatAStepSees_runsFromThere() {
    String text =
        "FROM "
            + TestImages.BUSYBOX
            + "\nRUN echo "
            + context
            + "\nARG who=nobody\nRUN echo $who > /who\n";
    Image image = Image.of(Dockerfile.parse(text));
    try (Engine engine = store.open()) {
      engine.build(image, spec -> spec.arg("who", "me"));
      assertEquals(List.of(), executed(engine, image, spec -> spec.arg("who", "me")));
      List<String> other = executed(engine, image, spec -> spec.arg("who", "you"));
      assertTrue(other.contains("RUN echo $who > /who"), other.toString());
      assertTrue(
          other.stream().noneMatch(step -> step.contains(context.toString())), other.toString());
    }
  }

  @Test
  void build_stepForcedToRunAgainWithAnotherResult_missesAllThatFollows() {
    Image random = before.run("head -c 16 /dev/urandom > /random").run("cat /random > /copy");
    try (Engine engine = store.open()) {
      StoredImage first = engine.build(random, spec -> spec.context(context));
      StoredImage second = engine.build(random, spec -> spec.context(context).noCache());
      assertNotEquals(first.id(), second.id());
      String same = "cmp /random /copy && echo same";
      assertEquals("same\n", Result.sh(engine, Specs.alone(second.id()), same));
    }
  }

  @Test
  void build_withATimestamp_givesTheSameIdInTwoStores(RegistryProcess registry) {
    UnaryOperator<BuildSpec> options =
        spec -> spec.context(context).timestamp(Instant.parse("2020-01-02T03:04:05Z"));
    try (TestStore other = TestStore.with(registry, TestImages.BUSYBOX);
        Engine here = store.open();
        Engine there = other.open()) {
      assertEquals(here.build(image, options).id(), there.build(image, options).id());
    }
  }

  private List<String> executed(Engine engine, Image recipe) {
    return executed(engine, recipe, spec -> spec.context(context));
  }

  private static List<String> executed(
      Engine engine, Image recipe, UnaryOperator<BuildSpec> options) {
    RecordedProgress progress = new RecordedProgress();
    engine.build(recipe, spec -> options.apply(spec).progress(progress));
    return withoutFrom(progress);
  }

  private static List<String> withoutFrom(RecordedProgress progress) {
    return progress.executed().stream().filter(step -> !step.startsWith("FROM")).toList();
  }
}
