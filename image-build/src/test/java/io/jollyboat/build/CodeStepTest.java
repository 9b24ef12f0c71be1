package io.jollyboat.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.BuildException;
import io.jollyboat.FileStep;
import io.jollyboat.FileTree;
import io.jollyboat.Image;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.History;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps of Java code: what they see, when they run, and how they fail. */
class CodeStepTest {
  private FakeMachine machine;
  private StoredImage base;

  @BeforeEach
  void prepare(@TempDir Path temporary) {
    machine = new FakeMachine(temporary);
    base =
        machine.base(
            "base",
            Map.of(
                "etc/", "",
                "etc/passwd", "app:x:7:8::/:/bin/sh\n",
                "etc/motd", "hello",
                "link", "-> /etc/motd",
                "up", "-> ../../etc"),
            config -> config);
  }

  private StoredImage build(String key, FileStep code) {
    return machine.build(Image.from("base").step(key, code), spec -> spec);
  }

  private static <T extends Throwable> BuildException failure(Class<T> cause, Runnable build) {
    BuildException failed = assertThrows(BuildException.class, build::run);
    assertInstanceOf(cause, failed.getCause());
    return failed;
  }

  @Test
  void step_readsAndWritesTheMergedImage() {
    StoredImage made =
        build(
            "shout",
            files -> files.write("/out", files.readText("/etc/motd").toUpperCase(Locale.ROOT)));

    assertEquals("HELLO", machine.tree(made).text("out"));
    History last = made.config().history().get(made.config().history().size() - 1);
    assertEquals("STEP shout", last.createdBy());
    assertFalse(last.emptyLayer());
  }

  @Test
  void step_followsLinksInsideTheImage() {
    StoredImage made =
        build(
            "links",
            files -> {
              files.write("/link", files.readText("/up/motd") + "!");
              files.write("/../../up/../up/new", "n");
            });

    assertEquals("hello!", machine.tree(made).text("etc/motd"));
    assertEquals("n", machine.tree(made).text("etc/new"));
  }

  @Test
  void step_ofTheSameKey_runsOnce() {
    AtomicInteger runs = new AtomicInteger();
    FileStep code = files -> files.write("/n", "" + runs.incrementAndGet());
    StoredImage first = build("a", code);
    Events again = machine.watch(Image.from("base").step("a", code), spec -> spec);
    StoredImage other = build("b", code);

    assertEquals(first.id(), again.image().id());
    assertEquals(List.of(), again.ran());
    assertEquals("2", machine.tree(other).text("n"));
  }

  @Test
  void step_thatChangesNothing_makesNoLayer() {
    StoredImage made = build("look", files -> assertTrue(files.exists("/etc/passwd")));

    assertEquals(1, made.config().diffIds().size());
  }

  @Test
  void step_thatThrows_leavesNothingAndSaysWhich() {
    int images = machine.images.size();
    IllegalStateException thrown = new IllegalStateException("no such luck");
    BuildException failed =
        failure(
            IllegalStateException.class,
            () ->
                build(
                    "half",
                    files -> {
                      files.write("/half", "half");
                      throw thrown;
                    }));

    assertSame(thrown, failed.getCause());
    assertEquals("STEP half", failed.step().text());
    assertEquals(2, failed.step().number());
    assertTrue(failed.toString().contains("no such luck"), failed.toString());
    assertEquals(Optional.empty(), failed.failed());
    assertEquals(base.id(), failed.before().orElseThrow());
    assertEquals(images, machine.images.size());
    assertEquals(0, machine.openChanges.get());
  }

  @Test
  void step_missingFile_isAnIoFailureNamingIt() {
    BuildException failed =
        failure(UncheckedIOException.class, () -> build("read", files -> files.read("/none")));

    Throwable cause = Objects.requireNonNull(failed.getCause()).getCause();
    assertInstanceOf(NoSuchFileException.class, cause);
    assertTrue(failed.toString().contains("/none"), failed.toString());
  }

  @Test
  void step_relativePath_isRefused() {
    failure(IllegalArgumentException.class, () -> build("read", files -> files.exists("etc")));
  }

  @Test
  void step_interrupted_endsTheBuildWithTheFlagSet() {
    FileStep code =
        files -> {
          throw new InterruptedException();
        };
    assertThrows(InterruptedOperationException.class, () -> build("sleep", code));
    assertTrue(Thread.interrupted());
  }

  @Test
  void step_thatIsInterruptedMeanwhile_endsAtItsNextFile() {
    FileStep code =
        files -> {
          Thread.currentThread().interrupt();
          files.write("/never", "x");
        };
    assertThrows(InterruptedOperationException.class, () -> build("long", code));
    assertTrue(Thread.interrupted());
    assertEquals(0, machine.openChanges.get());
  }

  @Test
  void files_afterTheStep_areClosed() {
    AtomicReference<FileTree> kept = new AtomicReference<>();
    StoredImage unused = build("keep", kept::set);
    FileTree files = Objects.requireNonNull(kept.get());

    assertThrows(IllegalStateException.class, () -> files.exists("/etc"));
  }

  @Test
  void walk_showsDirectoriesFirst_andMayDeleteThem() {
    List<String> seen = new ArrayList<>();
    StoredImage unused =
        build(
            "walk",
            files -> {
              files.write("/d/one/f", "1");
              files.write("/d/two/f", "2");
              files
                  .walk("/d")
                  .forEach(
                      entry -> {
                        seen.add(entry.path());
                        if (entry.name().equals("one")) {
                          files.delete(entry.path() + "/f");
                          files.delete(entry.path());
                        }
                      });
            });

    assertEquals(List.of("/d/one", "/d/two", "/d/two/f"), seen);
  }

  @Test
  void modeAndOwner_ofNamesOfTheImage_areKeptByWrites() {
    List<String> seen = new ArrayList<>();
    StoredImage unused =
        build(
            "own",
            files -> {
              files.mode("/etc/motd", 04711);
              files.owner("/etc/motd", "app");
              files.write("/etc/motd", "new");
              FileTree.Entry entry = files.find("/etc/motd").orElseThrow();
              seen.add(Integer.toOctalString(entry.mode()) + " " + entry.uid() + ":" + entry.gid());
              files.symlink("/s", "etc/motd");
              seen.add(files.find("/s").orElseThrow().kind() + " " + files.readText("/s"));
            });

    assertEquals(List.of("4711 7:8", "SYMLINK new"), seen);
  }

  @Test
  void write_overADirectory_isRefused() {
    failure(UncheckedIOException.class, () -> build("x", files -> files.write("/etc", "text")));
  }

  @Test
  void write_onAnImageOfThisMachine_refusesWhatIsHidden() {
    Image image = Image.host().step("x", files -> files.write("/usr/local/x", "text"));
    BuildException failed =
        failure(IllegalArgumentException.class, () -> machine.build(image, spec -> spec));

    assertTrue(failed.toString().contains("/usr/local/x"), failed.toString());
  }

  @Test
  void squash_keepsFilesConfigurationAndHistory_inOneLayer() {
    Image below = Image.from("base").env("A", "b").run("write /one 1").run("write /two 2");
    StoredImage before = machine.build(below, spec -> spec);
    StoredImage squashed = machine.build(below.squash(), spec -> spec);

    assertEquals(1, squashed.config().diffIds().size());
    assertEquals(machine.tree(before).nodes().keySet(), machine.tree(squashed).nodes().keySet());
    assertEquals("2", machine.tree(squashed).text("two"));
    assertEquals(before.config().env(), squashed.config().env());
    List<String> said = new ArrayList<>();
    before.config().history().forEach(entry -> said.add(entry.createdBy()));
    said.add("SQUASH");
    List<String> kept = squashed.config().history().stream().map(History::createdBy).toList();
    assertEquals(said, kept);
    assertEquals(
        1, squashed.config().history().stream().filter(entry -> !entry.emptyLayer()).count());
    assertTrue(
        assertThrows(UnsupportedOperationException.class, below.squash()::toDockerfile)
            .toString()
            .contains("SQUASH"));
  }

  @Test
  void squash_ofNothing_hasNoLayer() {
    StoredImage made = machine.build(Image.scratch().env("A", "b").squash(), spec -> spec);
    assertEquals(List.of(), made.config().diffIds());
  }

  @Test
  void explain_doesNotRunTheCode() {
    AtomicInteger runs = new AtomicInteger();
    Image image = Image.from("base").step("k", files -> runs.incrementAndGet());
    assertEquals(
        2,
        machine
            .builder
            .explain(image, io.jollyboat.BuildSpec.defaults(), io.jollyboat.Progress.none())
            .size());
    assertEquals(0, runs.get());
  }
}
