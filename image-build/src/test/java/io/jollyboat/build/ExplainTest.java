package io.jollyboat.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.BuildSpec;
import io.jollyboat.Image;
import io.jollyboat.Progress;
import io.jollyboat.StepExplanation;
import io.jollyboat.StepExplanation.Change;
import io.jollyboat.StepExplanation.Input;
import io.jollyboat.dockerfile.Dockerfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Why a step would have to be done, told without doing any. */
class ExplainTest {
  private static final String TEXT =
      """
      FROM node:8.4-alpine
      ARG VERSION=1
      ENV MODE=fast
      WORKDIR /opt
      RUN count /bin
      COPY . .
      RUN touch /done
      """;
  private static final Change PARENT = new Change(Input.PARENT, "", "", "");

  private Path context;
  private FakeMachine machine;

  @BeforeEach
  void prepare(@TempDir Path temporary) throws IOException {
    context = Files.createDirectory(temporary.resolve("context"));
    Files.writeString(context.resolve("package.json"), "{}");
    Files.writeString(context.resolve("a file"), "a");
    machine = new FakeMachine(Files.createDirectory(temporary.resolve("store")));
    machine.base("node:8.4-alpine", Map.of("bin/", "", "opt/", "700"), config -> config);
  }

  private BuildSpec spec(UnaryOperator<BuildSpec> options) {
    return options.apply(BuildSpec.defaults().context(context));
  }

  private List<StepExplanation> explain(String text, UnaryOperator<BuildSpec> options) {
    return machine.builder.explain(
        Image.of(Dockerfile.parse(text)), spec(options), Progress.none());
  }

  private void build(String text, UnaryOperator<BuildSpec> options) {
    machine.watch(Image.of(Dockerfile.parse(text)), o -> spec(options));
  }

  private static List<Boolean> cached(List<StepExplanation> steps) {
    return steps.stream().map(StepExplanation::cached).toList();
  }

  @Test
  void explain_neverBuilt_allIsNewAndNothingIsDone() {
    List<StepExplanation> steps = explain(TEXT, o -> o);

    assertEquals(7, steps.size());
    assertTrue(steps.get(0).cached());
    assertEquals(List.of(new Change(Input.NEW, "", "", "")), steps.get(1).changes());
    assertEquals(List.of(PARENT), steps.get(6).changes());
    assertTrue(machine.inputs.isEmpty());
  }

  @Test
  void explain_builtBefore_allIsCached() {
    build(TEXT, o -> o);
    List<StepExplanation> steps = explain(TEXT, o -> o);

    assertTrue(steps.stream().allMatch(StepExplanation::cached), steps::toString);
    assertEquals(TEXT.lines().count(), steps.size());
    assertEquals(7, steps.get(6).step().number());
  }

  @Test
  void explain_otherArgument_isNamedWithBothValues() {
    build(TEXT, o -> o);
    List<StepExplanation> steps = explain(TEXT, o -> o.arg("VERSION", "2"));

    StepExplanation first = steps.stream().filter(step -> !step.cached()).findFirst().orElseThrow();
    assertEquals("RUN count /bin", first.step().text());
    assertEquals(List.of(new Change(Input.ARGUMENT, "VERSION", "1", "2")), first.changes());
    assertEquals(List.of(PARENT), steps.get(5).changes());
  }

  @Test
  void explain_otherVariable_isNamedWhereItIsSet() {
    build(TEXT, o -> o);
    List<StepExplanation> steps = explain(TEXT.replace("fast", "slow"), o -> o);

    assertEquals(List.of(true, true, false, false, false, false, false), cached(steps));
    assertEquals(
        List.of(new Change(Input.INSTRUCTION, "", "value fast", "value slow")),
        steps.get(2).changes());
  }

  @Test
  void explain_changedFiles_areNamed() throws IOException {
    build(TEXT, o -> o);
    Files.writeString(context.resolve("a file"), "b");
    Files.delete(context.resolve("package.json"));
    Files.writeString(context.resolve("new"), "");
    List<StepExplanation> steps = explain(TEXT, o -> o);

    assertEquals(List.of(true, true, true, true, true, false, false), cached(steps));
    List<Change> changes = steps.get(5).changes();
    assertEquals(
        List.of("a file", "new", "package.json"), changes.stream().map(Change::name).toList());
    assertTrue(changes.stream().allMatch(change -> change.input() == Input.FILE));
    assertTrue(changes.get(0).before().startsWith("FILE 644 0:0 sha256:"), changes::toString);
    assertEquals("", changes.get(1).before());
    assertEquals("", changes.get(2).after());
  }

  @Test
  void explain_otherCommand_saysWhatItWas() {
    build(TEXT, o -> o);
    List<StepExplanation> steps = explain(TEXT.replace("count /bin", "count /opt"), o -> o);

    assertEquals(
        List.of(new Change(Input.INSTRUCTION, "", "shell count /bin", "shell count /opt")),
        steps.get(4).changes());
  }

  @Test
  void explain_theMostSimilarAndLatestOfEarlierOnes_isComparedWith() {
    build(TEXT, o -> o);
    build(TEXT, o -> o.arg("VERSION", "2"));
    List<StepExplanation> steps = explain(TEXT, o -> o.arg("VERSION", "3"));

    assertEquals(List.of(new Change(Input.ARGUMENT, "VERSION", "2", "3")), steps.get(4).changes());
  }

  @Test
  void explain_timestamp_isNamed() {
    build(TEXT, o -> o.timestamp(Instant.ofEpochSecond(1)));
    List<StepExplanation> steps = explain(TEXT, o -> o.timestamp(Instant.ofEpochSecond(2)));

    assertEquals(List.of(new Change(Input.TIMESTAMP, "", "1", "2")), steps.get(1).changes());
  }

  @Test
  void explain_withoutCache_saysSo() {
    build(TEXT, o -> o);
    List<StepExplanation> steps = explain(TEXT, BuildSpec::noCache);

    assertEquals(List.of(new Change(Input.CACHE_OFF, "", "", "")), steps.get(1).changes());
  }

  @Test
  void explain_stagesOnOnesThatChange_areNamed() {
    String text =
        """
        FROM node:8.4-alpine AS one
        RUN count /bin
        FROM one AS two
        RUN touch /x
        FROM node:8.4-alpine
        WORKDIR /opt
        COPY --from=two /x /two
        RUN touch /y
        """;
    build(text, o -> o);
    List<StepExplanation> steps = explain(text.replace("count /bin", "count /opt"), o -> o);

    assertEquals(List.of(true, false, false, false, true, true, false, false), cached(steps));
    assertEquals(List.of(new Change(Input.SOURCE, "one", "", "")), steps.get(2).changes());
    assertEquals(List.of(new Change(Input.SOURCE, "two", "", "")), steps.get(6).changes());
    assertEquals(List.of(PARENT), steps.get(7).changes());
  }

  @Test
  void explain_triggerOfAStageThatIsToBeDone_isToldOnceAfterFrom() {
    String text =
        """
        FROM node:8.4-alpine AS one
        ONBUILD RUN count /bin
        FROM one
        WORKDIR /opt
        """;
    build("FROM node:8.4-alpine AS one\nONBUILD RUN count /bin\n", o -> o);
    List<StepExplanation> steps = explain(text, o -> o);

    assertEquals(List.of(true, true, true, false, false), cached(steps));
    assertEquals("ONBUILD RUN count /bin", steps.get(3).step().text());
    assertEquals(List.of(PARENT), steps.get(4).changes());
  }

  @Test
  void toString_ofAStep_isForPeople() {
    build(TEXT, o -> o);
    List<StepExplanation> steps = explain(TEXT, o -> o.arg("VERSION", "2"));

    assertEquals(
        "Step 5/7 to do : RUN count /bin\n  argument VERSION: 1 -> 2", steps.get(4).toString());
    assertEquals("Step 1/7 cached : FROM node:8.4-alpine", steps.get(0).toString());
  }
}
