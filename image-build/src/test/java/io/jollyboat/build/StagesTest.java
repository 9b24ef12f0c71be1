package io.jollyboat.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.BuildException;
import io.jollyboat.Image;
import io.jollyboat.ImageNotFoundException;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.Progress;
import io.jollyboat.PullPolicy;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.oci.Platform;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which stages run, in what order they are told of, and how one that fails ends the others. */
class StagesTest {
  private Path directory;
  private FakeMachine machine;

  @BeforeEach
  void prepare(@TempDir Path temporary) {
    directory = temporary;
    machine = new FakeMachine(directory);
    machine.base("base", Map.of("etc/", ""), config -> config);
  }

  private static Image parse(String text) {
    return Image.of(Dockerfile.parse(text));
  }

  @Test
  void stages_notNeeded_doNotRun() {
    Events events =
        machine.watch(
            parse("FROM nowhere AS unused\nRUN fail 1\nFROM base\nRUN touch /a"), spec -> spec);

    assertEquals(List.of(1, 2), events.steps.stream().map(s -> s.number()).toList());
    assertEquals(2, events.steps.get(0).count());
  }

  @Test
  void stages_areToldOfInOrderHoweverTheyRun() {
    Events events =
        machine.watch(
            parse(
                """
                FROM base AS one
                RUN echo 1
                RUN write /one 1
                FROM base AS two
                RUN echo 2
                RUN write /two 2
                FROM one
                COPY --from=two /two /two
                COPY --from=0 /one /copy
                """),
            spec -> spec);

    assertEquals(
        List.of(1, 2, 3, 4, 5, 6, 7, 8, 9), events.steps.stream().map(s -> s.number()).toList());
    assertEquals("1\n2\n", events.output.toString());
    assertEquals("1", machine.tree(events.image()).text("copy"));
    assertEquals("2", machine.tree(events.image()).text("two"));
    assertEquals("FROM one", events.steps.get(6).text());
  }

  @Test
  void stages_thatATriggerNeeds_run() {
    Image image =
        parse(
            """
            FROM base AS tools
            RUN write /tool tool
            FROM base AS parent
            ONBUILD COPY --from=tools /tool /by-trigger
            FROM parent
            USER x
            """);
    assertEquals("tool", machine.tree(machine.build(image, spec -> spec)).text("by-trigger"));
    assertEquals(image, Image.of(image.toDockerfile()));
  }

  @Test
  void stages_thatAreEqual_runOnce() {
    Image tool = Image.from("base").run("count /n");
    Image same = Image.from("base").run("count /n");
    Image image = Image.scratch().copyFrom(tool, "/n", "/a").copyFrom(same, "/n", "/b");
    Events events = machine.watch(image, spec -> spec);

    assertEquals(1, machine.commands.counter.get());
    assertEquals(5, events.steps.size());
  }

  @Test
  void target_ofADockerfile_isBuilt() {
    Dockerfile file = Dockerfile.parse("FROM base AS one\nENV A=1\nFROM one\nENV A=2");

    assertEquals(
        "1", machine.build(Image.of(file, "one"), spec -> spec).config().env("A").orElseThrow());
  }

  @Test
  void stage_thatFails_endsTheBuildAndLeavesNoThread() {
    BuildException e =
        assertThrows(
            BuildException.class,
            () ->
                machine.build(
                    parse(
                        """
                        FROM base AS one
                        RUN fail 4
                        FROM base AS two
                        RUN touch /x
                        FROM one
                        COPY --from=two /x /x
                        """),
                    spec -> spec.tag("never")));

    assertEquals(4, e.exitCode().orElseThrow());
    assertTrue(machine.names.isEmpty());
    assertTrue(
        Thread.getAllStackTraces().keySet().stream()
            .noneMatch(thread -> thread.getName().equals("jollyboat-build")));
  }

  @Test
  void base_thatIsNowhere_isSaidSo() {
    ImageNotFoundException e =
        assertThrows(
            ImageNotFoundException.class, () -> machine.build(parse("FROM nowhere"), s -> s));

    assertEquals("nowhere", e.reference());
  }

  @Test
  void base_alone_isTheResult() {
    assertEquals(
        machine.resolve("base", Platform.current(), PullPolicy.NEVER, Progress.none()).id(),
        machine.build(parse("FROM base"), spec -> spec).id());
  }

  @Test
  void base_byId_isAnyStep() {
    Events first = machine.watch(parse("FROM base\nRUN touch /a\nRUN touch /b"), spec -> spec);
    Image image = Image.from(first.ids.get(1)).run("touch /c");
    MemoryTree tree = machine.tree(machine.build(image, spec -> spec));

    assertTrue(tree.find("a").isPresent());
    assertTrue(tree.find("b").isEmpty());
  }

  @Test
  void interrupt_endsTheBuildWithTheFlagSet() throws InterruptedException {
    List<Throwable> thrown = new ArrayList<>();
    List<Boolean> flag = new ArrayList<>();
    Thread thread =
        new Thread(
            () -> {
              Thread.currentThread().interrupt();
              try {
                var unused = machine.build(parse("FROM base\nRUN touch /a"), spec -> spec);
              } catch (RuntimeException e) {
                thrown.add(e);
                flag.add(Thread.currentThread().isInterrupted());
              }
            });
    thread.start();
    thread.join();

    assertEquals(InterruptedOperationException.class, thrown.get(0).getClass());
    assertEquals(List.of(true), flag);
    assertTrue(machine.commands.requests.isEmpty());
  }

  @Test
  void steps_areIntermediate_theResultIsNot() {
    Events events = machine.watch(parse("FROM base\nRUN touch /a\nRUN touch /b"), spec -> spec);

    assertTrue(machine.find(events.ids.get(1)).orElseThrow().intermediate());
    assertFalse(events.image().intermediate());
    assertEquals(events.ids.get(1), events.image().parent().orElseThrow());
    assertEquals(events.ids.get(0), machine.find(events.ids.get(1)).get().parent().get());
  }
}
