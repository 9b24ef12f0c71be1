package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.BuildSpec;
import io.jollyboat.CacheLocation;
import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.StoredImage;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.registry.server.RegistryServer;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RecordedProgress;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one store did is not done again by another that has never seen it. */
@IntegrationTest
class RemoteCacheIT {
  private static final String KEY = "\"io.jollyboat.build.key\":";

  private TestStore here;
  private TestStore there;
  private Path context;

  @BeforeEach
  void prepare(RegistryProcess registry, @TempDir Path directory) throws IOException {
    here = TestStore.with(registry, TestImages.BUSYBOX);
    there = TestStore.with(registry, TestImages.BUSYBOX);
    context = directory;
    Files.writeString(context.resolve("page"), "one");
  }

  @AfterEach
  void delete() {
    here.close();
    there.close();
  }

  /** Of two stages. */
  private static Image image(String last) {
    Image tools = Image.from(TestImages.BUSYBOX).run("cat /proc/uptime > /tool").named("tools");
    return Image.from(TestImages.BUSYBOX)
        .copy("page", "/page")
        .copyFrom(tools, "/tool", "/tool")
        .run("cat /proc/uptime /page > /made")
        .run(last)
        .cmd("cat", "/made");
  }

  private StoredImage build(
      TestStore store, Image image, RecordedProgress told, UnaryOperator<BuildSpec> options) {
    try (Engine engine = store.open()) {
      return engine.build(image, build -> options.apply(build.context(context)).progress(told));
    }
  }

  private static RecordedProgress told() {
    return new RecordedProgress();
  }

  /** The commands that were executed. */
  private static List<String> executed(RecordedProgress told) {
    return told.executed().stream().filter(step -> step.startsWith("RUN")).toList();
  }

  private void assertTakenFrom(CacheLocation location) {
    RecordedProgress first = new RecordedProgress();
    StoredImage made = build(here, image("true"), first, build -> build.cacheTo(location));
    assertEquals(3, executed(first).size());

    RecordedProgress second = new RecordedProgress();
    StoredImage taken = build(there, image("true"), second, build -> build.cacheFrom(location));
    assertEquals(List.of(), executed(second));
    assertEquals(made.config().diffIds(), taken.config().diffIds());
    RecordedProgress third = new RecordedProgress();
    StoredImage other =
        build(there, image("echo other"), third, build -> build.cacheFrom(location));
    assertEquals(List.of("RUN echo other"), executed(third));
    try (Engine one = here.open();
        Engine two = there.open()) {
      assertEquals(
          Result.sh(one, Specs.alone(made.id()), "cat /made /tool"),
          Result.sh(two, Specs.alone(other.id()), "cat /made /tool"));
    }
  }

  @Test
  void steps_ofADirectory_areTaken(@TempDir Path directory) throws IOException {
    Path layout = directory.resolve("below/steps");
    assertTakenFrom(CacheLocation.directory(layout));
    try (Stream<Path> files = Files.list(layout)) {
      assertEquals(
          List.of("blobs", "index.json", "oci-layout"),
          files.map(file -> String.valueOf(file.getFileName())).sorted().toList());
    }
  }

  @Test
  void steps_ofARegistry_areTaken(RegistryProcess registry) {
    assertTakenFrom(CacheLocation.registry(registry.reference("steps/a:latest")));
  }

  @Test
  void steps_ofTheRegistryInTheProcess_areTaken() {
    try (RegistryServer server = RegistryServer.start()) {
      assertTakenFrom(CacheLocation.registry(server.address() + "/steps:v1"));
    }
  }

  @Test
  void layout_asANamedContext_isABaseAndASource() {
    Image layout = Image.from("oci-layout://" + TestImages.make().layout(TestImages.BUSYBOX));
    Image image =
        Image.of(
            Dockerfile.parse(
                "FROM given\nCOPY --from=given /bin/busybox /copied\nRUN echo ran > /made\n"));
    try (Engine engine = here.open()) {
      StoredImage made = engine.build(image, build -> build.context("given", layout));
      assertEquals(
          "ran\n",
          Result.sh(engine, Specs.alone(made.id()), "cmp /copied /bin/busybox; cat /made"));
    }
  }

  @Test
  void steps_toldOfByAnImage_areTaken(RegistryProcess registry) {
    String name = registry.reference("inline/app:1");
    Image image =
        Image.from(TestImages.BUSYBOX).run("cat /proc/uptime > /made").run("true").cmd("x");
    StoredImage made;
    try (Engine engine = here.open()) {
      made = engine.build(image, build -> build.tag(name).inlineCache());
      engine.push(name);
      assertEquals(made.id(), engine.build(image).id());
    }
    RecordedProgress told = new RecordedProgress();
    StoredImage taken =
        build(there, image, told, build -> build.cacheFrom(CacheLocation.registry(name)));
    assertEquals(List.of(), executed(told));
    assertEquals(made.config().diffIds(), taken.config().diffIds());
  }

  @Test
  void squash_ofAnotherMachine_isTakenByBuildsThatNameThePlaceOnly(@TempDir Path directory) {
    CacheLocation layout = CacheLocation.directory(directory.resolve("steps"));
    Image image =
        Image.from(TestImages.BUSYBOX).run("cat /proc/uptime > /made").run("rm /made").squash();
    StoredImage made = build(here, image, told(), build -> build.cacheTo(layout));
    RecordedProgress told = told();
    StoredImage taken = build(there, image, told, build -> build.cacheFrom(layout));
    assertEquals(made.id(), taken.id());
    assertEquals(List.of(), told.warnings());
    assertEquals(0, told.containers());
    RecordedProgress own = told();
    assertTrue(build(there, image, own, build -> build).size().bytes() > 0);
    assertEquals(2, own.containers());
  }

  @Test
  void steps_thatAreNotThereYet_areDoneWithoutAWarning(
      RegistryProcess registry, @TempDir Path empty) {
    RecordedProgress told = new RecordedProgress();
    try (Engine engine = here.open()) {
      engine.build(
          image("true"),
          build ->
              build
                  .context(context)
                  .cacheFrom(CacheLocation.directory(empty.resolve("none")))
                  .cacheFrom(CacheLocation.registry(registry.reference("steps/none:1")))
                  .progress(told));
    }
    assertEquals(List.of(), told.warnings());
    assertEquals(3, told.containers());
  }

  @Test
  void steps_thatWereChangedOnTheWay_areDoneAndSaid(@TempDir Path directory) throws IOException {
    CacheLocation layout = CacheLocation.directory(directory.resolve("steps"));
    build(here, image("true"), told(), build -> build.cacheTo(layout));
    Path index = directory.resolve("steps/index.json");
    String whole = Files.readString(index);
    try (Stream<Path> blobs = Files.list(directory.resolve("steps/blobs/sha256"))) {
      for (Path blob : blobs.filter(b -> b.toFile().length() > 300).toList()) {
        byte[] bytes = Files.readAllBytes(blob);
        bytes[bytes.length / 2] ^= 1;
        Files.write(blob, bytes);
      }
    }
    assertDoneAndSaid(layout, "cannot be taken");
    Files.writeString(index, whole.substring(0, whole.length() / 2));
    assertDoneAndSaid(layout, "no steps are taken");
  }

  /** A place that lies about what a step gave can only lie within the step's own layers. */
  @Test
  void steps_thatAreOnSomethingElse_areDoneAndSaid(@TempDir Path directory) throws IOException {
    CacheLocation layout = CacheLocation.directory(directory.resolve("steps"));
    Path index = directory.resolve("steps/index.json");
    UnaryOperator<BuildSpec> kept = build -> build.cacheTo(layout);
    build(here, Image.from(TestImages.BUSYBOX).copy("page", "/page"), told(), kept);
    String key = Files.readString(index).replaceAll(".*(" + KEY + "\"sha256:[0-9a-f]+\").*", "$1");
    build(here, Image.scratch().copy("page", "/other"), told(), kept);
    String other = Files.readString(index);
    Files.writeString(index, other.replaceAll(KEY + "\"sha256:[0-9a-f]+\"", key));
    assertDoneAndSaid(layout, "on something else");
  }

  private void assertDoneAndSaid(CacheLocation location, String words) {
    RecordedProgress told = new RecordedProgress();
    try (Engine engine = there.open()) {
      StoredImage made =
          engine.build(
              image("true"), build -> build.context(context).cacheFrom(location).progress(told));
      assertTrue(engine.images().find(made.id().toString()).isPresent());
    }
    assertTrue(
        told.warnings().stream().anyMatch(w -> w.contains(words)), told.warnings()::toString);
  }
}
