package io.jollyboat.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.BuildSpec;
import io.jollyboat.CacheLocation;
import io.jollyboat.Image;
import io.jollyboat.NetworkMode;
import io.jollyboat.PullPolicy;
import io.jollyboat.Size;
import io.jollyboat.StoredImage;
import io.jollyboat.dockerfile.Cmd;
import io.jollyboat.dockerfile.Copy;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.dockerfile.Run;
import io.jollyboat.spi.host.StepRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which steps run again, and which do not. */
class BuildCacheTest {
  private static final String TEXT =
      """
      FROM node:8.4-alpine
      WORKDIR /opt/helloworld
      RUN touch /var/lib/installed
      COPY . .
      RUN count /modules
      EXPOSE 3000
      CMD ["npm", "start"]
      """;

  private Path directory;
  private Path context;
  private FakeMachine machine;

  @BeforeEach
  void prepare(@TempDir Path temporary) throws IOException {
    directory = temporary;
    context = Files.createDirectory(directory.resolve("context"));
    Files.writeString(context.resolve("package.json"), "{}");
    Files.createDirectory(context.resolve("lib"));
    Files.writeString(context.resolve("lib/a.js"), "a");
    machine = new FakeMachine(Files.createDirectory(directory.resolve("store")));
    machine.base("node:8.4-alpine", Map.of("bin/", "", "opt/", "700"), config -> config);
  }

  private Image image() {
    return Image.of(Dockerfile.parse(TEXT));
  }

  private BuildSpec inContext(BuildSpec spec) {
    return spec.context(context);
  }

  @Test
  void build_firstTime_runsEveryStepAndSaysSo() {
    Events events = machine.watch(image(), spec -> spec.context(context).tag("hello"));

    assertEquals(
        List.of(
            "Step 1/7 : FROM node:8.4-alpine",
            "Step 2/7 : WORKDIR /opt/helloworld",
            "Step 3/7 : RUN touch /var/lib/installed",
            "running",
            "Step 4/7 : COPY . .",
            "Step 5/7 : RUN count /modules",
            "running",
            "Step 6/7 : EXPOSE 3000",
            "Step 7/7 : CMD [\"npm\",\"start\"]",
            "built",
            "tagged hello:latest"),
        events.lines.stream().map(l -> l.replace("\", \"", "\",\"")).toList());
    assertEquals(List.of(2, 3, 4, 5, 6, 7), events.ran());
    assertFalse(events.image().intermediate());
    assertEquals(List.of("npm", "start"), events.image().config().cmd());
    MemoryTree tree = machine.tree(events.image());
    assertEquals("{}", tree.text("opt/helloworld/package.json"));
    assertEquals(0700, tree.find("opt").orElseThrow().attributes().mode());
    assertEquals(0, machine.openChanges.get());
  }

  @Test
  void build_again_runsNothingAndOpensNoTree() {
    Events first = machine.watch(image(), this::inContext);
    int merges = machine.merges.get();
    Events second = machine.watch(image(), this::inContext);

    assertEquals(List.of(), second.ran());
    assertEquals(first.ids, second.ids);
    assertEquals(first.image().id(), second.image().id());
    assertEquals(merges, machine.merges.get());
  }

  @Test
  void build_theSameInJava_givesTheSameImage() {
    Events text = machine.watch(image(), this::inContext);
    Image java =
        Image.from("node:8.4-alpine")
            .workdir("/opt/helloworld")
            .run("touch /var/lib/installed")
            .copy(".", ".")
            .run("count /modules")
            .expose(3000)
            .cmd("npm", "start");
    Events dsl = machine.watch(java, this::inContext);

    assertEquals(List.of(), dsl.ran());
    assertEquals(text.image().id(), dsl.image().id());
  }

  @Test
  void build_afterTouch_runsNothing() throws IOException {
    machine.build(image(), this::inContext);
    Files.setLastModifiedTime(context.resolve("package.json"), FileTime.fromMillis(0));

    assertEquals(List.of(), machine.watch(image(), this::inContext).ran());
  }

  @Test
  void build_afterChangedContent_runsFromCopyOn() throws IOException {
    machine.build(image(), this::inContext);
    Files.writeString(context.resolve("lib/a.js"), "b");

    assertEquals(List.of(4, 5, 6, 7), machine.watch(image(), this::inContext).ran());
  }

  @Test
  void build_afterChangedMode_runsFromCopyOn() throws IOException {
    machine.build(image(), this::inContext);
    assertTrue(context.resolve("lib/a.js").toFile().setExecutable(true));

    assertEquals(List.of(4, 5, 6, 7), machine.watch(image(), this::inContext).ran());
  }

  @Test
  void build_afterChangedText_runsFromThereOn() {
    machine.build(image(), this::inContext);
    Image changed = Image.of(Dockerfile.parse(TEXT.replace("count", "count  ")));

    assertEquals(List.of(5, 6, 7), machine.watch(changed, this::inContext).ran());
  }

  @Test
  void build_noCacheOfOneStep_runsItAndWhatFollowsFromAnotherResult() {
    Image counted = Image.from("node:8.4-alpine").env("A", "1").run("count /n");
    Image image = counted.run("touch /after");
    machine.build(image, spec -> spec);

    assertEquals(List.of(3, 4), machine.watch(image, spec -> spec.noCache(counted)).ran());
    assertEquals(List.of(3, 4), machine.watch(image, spec -> spec.noCacheStep(3)).ran());
    assertEquals(List.of(4), machine.watch(image, spec -> spec.noCacheStep(4)).ran());
    assertEquals(List.of(), machine.watch(image, spec -> spec.noCacheStep(5)).ran());
    Image elsewhere = Image.scratch().env("A", "1").run("count /n");
    assertThrows(
        IllegalArgumentException.class,
        () -> machine.build(image, spec -> spec.noCache(elsewhere)));
  }

  @Test
  void build_noCacheOfOneStepOfText_runsIt() {
    String start = "ARG BASE=node\nFROM ${BASE}:8.4-alpine\nENV A=1\nRUN count /n\n";
    Image counted = Image.of(Dockerfile.parse(start));
    Image image = Image.of(Dockerfile.parse(start + "RUN touch /after\n"));
    machine.build(image, spec -> spec);

    assertEquals(List.of(3, 4), machine.watch(image, spec -> spec.noCache(counted)).ran());
  }

  @Test
  void build_codeThatBuildsTheSame_doesNotWaitForItself() throws Exception {
    Image[] itself = {Image.scratch()};
    AtomicInteger depth = new AtomicInteger();
    itself[0] =
        Image.from("node:8.4-alpine")
            .step(
                "nested",
                files -> {
                  if (depth.incrementAndGet() == 1) {
                    machine.build(itself[0], spec -> spec);
                  }
                });
    FutureTask<StoredImage> build = new FutureTask<>(() -> machine.build(itself[0], spec -> spec));
    Thread thread = new Thread(build);
    thread.setDaemon(true);
    thread.start();
    build.get(60, TimeUnit.SECONDS);
    assertEquals(2, depth.get());
  }

  @Test
  void build_imageThatIsNamedTwice_isAskedForOnce() {
    machine.base("seed", Map.of("file", "x"), config -> config);
    int before = machine.resolves.get();
    Image image =
        Image.from("seed")
            .with(Copy.of("file").to("/a").from("seed"))
            .with(Copy.of("file").to("/b").from("seed"));
    machine.build(image, spec -> spec.pull(PullPolicy.ALWAYS));
    assertEquals(before + 1, machine.resolves.get());
  }

  @Test
  void build_cacheOfAnotherMachine_isAskedForWhatIsNotKnownHere() {
    CacheLocation place = CacheLocation.directory(directory.resolve("place"));
    Image image = Image.from("node:8.4-alpine").run("count /n").run("touch /x");
    StoredImage made = machine.build(image, spec -> spec.cacheTo(place));
    machine.cache.clear();

    Events taken = machine.watch(image, spec -> spec.cacheFrom(place));
    assertEquals(List.of(), taken.ran());
    assertEquals(made.id(), taken.image().id());
    machine.remote.kept.clear();
    assertEquals(List.of(), machine.watch(image, spec -> spec.cacheFrom(place)).ran());
    assertEquals(List.of(2, 3), machine.watch(image, spec -> spec).ran());
    assertEquals(List.of(), machine.watch(image, spec -> spec).ran());
  }

  @Test
  void build_inlineCache_isToldOfEveryStepThatTakesTime() {
    Image image = Image.from("node:8.4-alpine").run("count /n").cmd("x");
    StoredImage made = machine.build(image, BuildSpec::inlineCache);
    assertEquals(1, Objects.requireNonNull(machine.remote.inlined.get(made.id())).size());
  }

  @Test
  void build_equalStepsAtOnce_areDoneOnce() throws Exception {
    Image image = Image.from("node:8.4-alpine").run("count /n").run("touch /x");
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Events>> builds = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        builds.add(threads.submit(() -> machine.watch(image, spec -> spec)));
      }
      int ran = 0;
      for (Future<Events> build : builds) {
        ran += build.get().ran().size();
      }
      assertEquals(2, ran);
      assertEquals(1, machine.commands.counter.get());
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void build_otherLimitsHostsOrNetwork_runsNothing() {
    Image image = Image.from("node:8.4-alpine").run("touch /made");
    machine.build(image, spec -> spec);

    assertEquals(
        List.of(),
        machine
            .watch(
                image,
                spec ->
                    spec.steps(
                        step ->
                            step.memory(Size.mib(64))
                                .pids(9)
                                .ulimit("nofile", 5, 6)
                                .shm(Size.mib(1))
                                .host("db", InetAddress.getLoopbackAddress())
                                .network(NetworkMode.NONE)))
            .ran());
  }

  @Test
  void build_networkOfTheSteps_isThatOfARunThatNamesNone() {
    Image image =
        Image.from("node:8.4-alpine")
            .run("touch /one")
            .with(Run.shell("touch /two").network(Run.Network.NONE));
    machine.build(image, spec -> spec.steps(step -> step.network(NetworkMode.HOST)));

    assertEquals(
        List.of(NetworkMode.HOST, NetworkMode.NONE),
        machine.commands.requests.stream().map(StepRequest::network).toList());
  }

  @Test
  void build_noCache_runsEverything() {
    machine.build(image(), this::inContext);

    assertEquals(
        List.of(2, 3, 4, 5, 6, 7),
        machine.watch(image(), spec -> spec.context(context).noCache()).ran());
  }

  @Test
  void build_afterForcedStepWithAnotherResult_missesAllThatFollows() {
    Image image = Image.from("node:8.4-alpine").named("one").run("count /n").run("touch /b");
    machine.build(image, this::inContext);
    Events forced = machine.watch(image, spec -> spec.noCache("one"));
    Events after = machine.watch(image, spec -> spec);

    assertEquals(List.of(2, 3), forced.ran());
    assertEquals(List.of(), after.ran());
    assertEquals(forced.image().id(), after.image().id());
  }

  @Test
  void build_forcedStepWithTheSameResult_hitsWhatFollows() {
    Image forced = Image.from("node:8.4-alpine").named("one").run("write /n 1");
    Image on = Image.from(forced).named("two").run("touch /b");
    UnaryOperator<BuildSpec> fixed = spec -> spec.timestamp(Instant.ofEpochSecond(1));
    machine.build(on, fixed);

    assertEquals(List.of(2), machine.watch(on, spec -> fixed.apply(spec).noCache("one")).ran());
  }

  @Test
  void build_layersGone_runsAgain() {
    Events first = machine.watch(image(), this::inContext);
    machine.layers.remove(machine.layersTopFirst(first.image().config()).get(0));

    assertEquals(List.of(5, 6, 7), machine.watch(image(), this::inContext).ran());
  }

  @Test
  void build_withTimestamp_givesTheSameImageWithoutAnyCache() throws IOException {
    Instant time = Instant.parse("2020-01-01T00:00:00Z");
    Image image = Image.from("node:8.4-alpine").workdir("/w").copy(".", ".").run("touch /b");
    UnaryOperator<BuildSpec> fixed = spec -> spec.context(context).timestamp(time);
    var first = machine.build(image, fixed);
    machine.cache.clear();
    Files.setLastModifiedTime(context.resolve("package.json"), FileTime.from(Instant.now()));
    var second = machine.build(image, fixed);

    assertEquals(first.id(), second.id());
    assertEquals(time, second.created());
    assertNotEquals(first.id(), machine.build(image, this::inContext).id());
  }

  @Test
  void build_fromAnotherCopiedDirectory_isKnownByItsContent() throws IOException {
    Events first = machine.watch(image(), this::inContext);
    Path other = Files.createDirectory(directory.resolve("elsewhere"));
    Files.writeString(other.resolve("package.json"), "{}");
    Files.createDirectory(other.resolve("lib"));
    Files.writeString(other.resolve("lib/a.js"), "a");
    Events second = machine.watch(image(), spec -> spec.context(other));

    assertEquals(first.image().id(), second.image().id());
  }

  @Test
  void build_unchangedContext_isNotReadAgain() throws Exception {
    Thread.sleep(80); // or the files are too new to be remembered
    machine.build(image(), this::inContext);
    String before = digests();

    assertEquals(2, before.lines().count());
    FakeMachine later = new FakeMachine(machine.root);
    later.base("node:8.4-alpine", Map.of("bin/", "", "opt/", "700"), config -> config);
    later.build(image(), this::inContext);
    assertEquals(before, digests());
  }

  private String digests() throws IOException {
    try (var files = Files.newDirectoryStream(machine.root.resolve("context-digests"))) {
      return Files.readString(files.iterator().next());
    }
  }

  @Test
  void build_onThisMachine_isKnownByItsKey() {
    Image image = Image.host().run("touch /a");
    Events first = machine.watch(image, spec -> spec);
    machine.hostKey = "host-2";

    assertTrue(HostBase.isOn(first.image().config()));
    assertTrue(machine.commands.requests.get(0).hostImage());
    assertEquals(List.of(2), machine.watch(image, spec -> spec).ran());
    assertEquals(List.of(2), machine.watch(Image.host("k").with(Cmd.exec("x")), s -> s).ran());
    assertEquals(List.of(), machine.watch(Image.host("k").with(Cmd.exec("x")), s -> s).ran());
  }
}
