package io.jollyboat.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.BuildException;
import io.jollyboat.Image;
import io.jollyboat.Secret;
import io.jollyboat.StoredImage;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.oci.History;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.spi.host.StepRequest.StepMount;
import io.jollyboat.spi.host.TreeEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each instruction does to the configuration, and which variables it sees. */
class InstructionsTest {
  private Path directory;
  private FakeMachine machine;

  @BeforeEach
  void prepare(@TempDir Path temporary) {
    directory = temporary;
    machine = new FakeMachine(directory);
    machine.base(
        "base",
        Map.of("etc/", "", "etc/passwd", "app:x:7:8::/:/x\n", "srv/", ""),
        config -> config.toBuilder().cmd(List.of("old")).env("A", "base").build());
  }

  private ImageConfig config(String instructions) {
    return image(instructions).config();
  }

  private StoredImage image(String instructions) {
    return machine.build(Image.of(Dockerfile.parse("FROM base\n" + instructions)), spec -> spec);
  }

  private static List<String> created(ImageConfig config) {
    return config.history().stream().skip(1).map(History::createdBy).toList();
  }

  @Test
  void metadata_ofEachInstruction_isInTheConfiguration() {
    ImageConfig config =
        config(
            """
            MAINTAINER somebody
            ENV A=1 B=$A
            LABEL a=b "c d"="e f"
            LABEL a=z
            EXPOSE 80 53/udp 8000-8002
            VOLUME /data "/more"
            USER app:app
            STOPSIGNAL SIGINT
            SHELL ["/bin/bash", "-c"]
            HEALTHCHECK --interval=5s --retries=3 CMD check it
            ENTRYPOINT run $A
            CMD ["x", "y"]
            ONBUILD RUN touch /later
            """);

    assertEquals(Optional.of("somebody"), config.author());
    assertEquals(List.of("PATH=/bin", "A=1", "B=base"), config.env());
    assertEquals(Map.of("a", "z", "c d", "e f"), config.labels());
    assertEquals(
        Set.of("80/tcp", "53/udp", "8000/tcp", "8001/tcp", "8002/tcp"), config.exposedPorts());
    assertEquals(Set.of("/data", "/more"), config.volumes());
    assertEquals(Optional.of("app:app"), config.user());
    assertEquals(Optional.of("SIGINT"), config.stopSignal());
    assertEquals(List.of("CMD-SHELL", "check it"), config.healthcheck().orElseThrow().test());
    assertEquals(Duration.ofSeconds(5), config.healthcheck().orElseThrow().interval());
    assertEquals(List.of("/bin/bash", "-c", "run $A"), config.entrypoint());
    assertEquals(List.of("x", "y"), config.cmd());
    assertEquals(List.of("RUN touch /later"), config.onBuild());
    assertEquals(
        config.diffIds().size(), config.history().stream().filter(h -> !h.emptyLayer()).count());
    assertEquals("ENV A=1 B=base", created(config).get(1));
    assertEquals("LABEL a=b c d=e f", created(config).get(2));
  }

  @Test
  void entrypoint_dropsInheritedCmdOnly() {
    assertEquals(List.of(), config("ENTRYPOINT [\"e\"]").cmd());
    assertEquals(List.of("c"), config("CMD [\"c\"]\nENTRYPOINT [\"e\"]").cmd());
    assertEquals(List.of("old"), config("USER x").cmd());
  }

  @Test
  void entrypoint_afterEqualHistory_isKnownByWhatItKeeps() {
    Image one = Image.from("base").with(io.jollyboat.dockerfile.Cmd.exec("c"));
    machine.build(one.entrypoint("e"), spec -> spec);
    StoredImage child = machine.build(Image.from(one).entrypoint("e"), spec -> spec);

    assertEquals(List.of(), child.config().cmd());
  }

  @Test
  void invalidValues_areLocated() {
    for (String bad : List.of("EXPOSE 99999", "EXPOSE 80/x", "STOPSIGNAL -9")) {
      BuildException e = assertThrows(BuildException.class, () -> config(bad));
      assertTrue(String.valueOf(e.getMessage()).startsWith("Dockerfile:2:1, step 2/2"), bad);
    }
  }

  @Test
  void workdir_makesTheDirectoryUnlessItIsThere() {
    StoredImage made = image("WORKDIR /a\nUSER app\nWORKDIR b/../c\nWORKDIR /srv");
    MemoryTree tree = machine.tree(made);

    assertEquals(Optional.of("/srv"), made.config().workingDir());
    assertEquals(3, made.config().diffIds().size());
    assertEquals(TreeEntry.Kind.DIRECTORY, tree.find("a/c").orElseThrow().kind());
    assertEquals(0, tree.find("a").orElseThrow().attributes().uid());
    assertEquals(7, tree.find("a/c").orElseThrow().attributes().uid());
    assertTrue(tree.find("a/b").isEmpty());
  }

  @Test
  void scratch_startsWithAPathAndNoFiles() {
    StoredImage image =
        machine.build(Image.scratch().files(io.jollyboat.FileSet.empty()), spec -> spec);

    assertEquals(Optional.of(StageBuild.DEFAULT_PATH), image.config().env("PATH"));
    assertEquals(Optional.of("/"), image.config().workingDir());
    assertEquals(List.of(), image.config().diffIds());
  }

  @Test
  void run_seesEnvironmentArgumentsUserAndDirectory() {
    image("ARG X=1\nENV Y=$X\nUSER app\nWORKDIR /srv\nRUN --network=none echo hi");
    var request = machine.commands.requests.get(0);

    assertEquals(List.of("/bin/sh", "-c", "echo hi"), request.args());
    assertEquals(Map.of("PATH", "/bin", "A", "base", "X", "1", "Y", "1"), request.environment());
    assertEquals("/srv", request.workdir());
    assertEquals("app", request.user());
    assertEquals(io.jollyboat.NetworkMode.NONE, request.network());
  }

  @Test
  void argAndEnv_laterOneWinsInAStage() {
    Events events =
        machine.watch(
            Image.of(
                Dockerfile.parse(
                    """
                    FROM base AS one
                    ARG A=arg
                    RUN env
                    ENV A=env
                    RUN env
                    FROM one
                    RUN env
                    """)),
            spec -> spec.arg("A", "given"));

    List<String> lines = events.output.toString().lines().toList();
    assertTrue(lines.get(0).contains("A=given"), lines.get(0));
    assertTrue(lines.get(1).contains("A=env"), lines.get(1));
    assertTrue(lines.get(2).contains("A=env"), lines.get(2));
    assertTrue(created(events.image().config()).contains("RUN |1 A=given /bin/sh -c env"));
  }

  @Test
  void args_ofTheCallerGlobalsAndPlatform_areSeenWhereDeclared() {
    Events events =
        machine.watch(
            Image.of(
                Dockerfile.parse(
                    """
                    ARG NAME=base
                    ARG VERSION=1
                    FROM ${NAME}
                    ARG VERSION
                    ARG TARGETOS
                    ARG UNSET
                    RUN env
                    LABEL v=$VERSION n=$NAME os=$TARGETOS u=${UNSET:-none}
                    """)),
            spec -> spec.arg("VERSION", "2").arg("NOBODY", "x"));

    assertEquals(
        Map.of("v", "2", "n", "", "os", "linux", "u", "none"), events.image().config().labels());
    assertEquals("One or more build-args [NOBODY] were not consumed", events.warnings.get(0));
  }

  @Test
  void proxies_reachRunButNeitherKeyNorHistory() {
    Image image = Image.from("base").run("env");
    Events first = machine.watch(image, spec -> spec.arg("http_proxy", "p:1"));
    Events second = machine.watch(image, spec -> spec.arg("http_proxy", "p:2"));

    assertTrue(first.output.toString().contains("http_proxy=p:1"));
    assertEquals(List.of(), second.ran());
    assertEquals(List.of(), first.warnings);
    assertEquals(List.of("RUN /bin/sh -c env"), created(first.image().config()));
  }

  @Test
  void argument_visibleToRun_isPartOfItsKeyOnly() {
    Image image = Image.of(Dockerfile.parse("FROM base\nARG X\nUSER u\nRUN env"));
    machine.build(image, spec -> spec.arg("X", "1"));

    assertEquals(List.of(4), machine.watch(image, spec -> spec.arg("X", "2")).ran());
    assertEquals(List.of(), machine.watch(image, spec -> spec.arg("X", "1")).ran());
  }

  @Test
  void onbuild_ofTheBase_runsFirstAndOnce() {
    machine.bases.put("parent", image("ONBUILD RUN touch /first\nONBUILD ENV T=1"));
    Events events = machine.watch(Image.from("parent").run("touch /second"), spec -> spec);

    assertEquals(
        List.of("FROM parent", "ONBUILD RUN touch /first", "ONBUILD ENV T=1", "RUN touch /second"),
        events.steps.stream().map(s -> s.text()).toList());
    assertEquals(List.of(), events.image().config().onBuild());
    assertTrue(machine.tree(events.image()).find("first").isPresent());
  }

  @Test
  void run_thatFails_tellsCodeOutputAndBothImages() {
    BuildException e =
        assertThrows(BuildException.class, () -> image("RUN touch /a\nRUN fail 3\nRUN touch /b"));

    assertEquals(
        "Dockerfile:3:1, step 3/4 (RUN fail 3): The command '/bin/sh -c fail 3' returned a non-zero"
            + " code: 3",
        e.getMessage());
    assertEquals(3, e.exitCode().orElseThrow());
    assertEquals("it fails\n", e.output());
    StoredImage before = machine.find(e.before().orElseThrow()).orElseThrow();
    StoredImage failed = machine.find(e.failed().orElseThrow()).orElseThrow();
    assertTrue(machine.tree(before).find("a").isPresent());
    assertEquals("behind", machine.tree(failed).text("left"));
    assertTrue(failed.intermediate());
    assertEquals(0, machine.openChanges.get());
    assertThrows(BuildException.class, () -> image("RUN touch /a\nRUN fail 3"));
  }

  private static Path source(StepMount mount) {
    return ((StepMount.Content.Bind) mount.content()).source();
  }

  @Test
  void run_secret_isAFileThatIsGoneAfterwardsAndNowhereElse() {
    Image image =
        Image.of(
            Dockerfile.parse("FROM base\nRUN --mount=type=secret,id=key show /run/secrets/key"));
    Events events = machine.watch(image, spec -> spec.secret("key", Secret.of("hush")));
    var mount = machine.commands.requests.get(0).mounts().get(0);

    assertEquals("hush", events.output.toString());
    assertTrue(mount.readOnly());
    assertTrue(Files.notExists(source(mount)));
    assertTrue(machine.inputs.stream().noneMatch(text -> text.contains("hush")));
    assertTrue(
        events.image().config().history().stream().noneMatch(h -> h.createdBy().contains("key,")));
    assertEquals(List.of(), machine.watch(image, s -> s.secret("key", Secret.of("other"))).ran());
  }

  @Test
  void run_secretNotGiven_failsBeforeAnyStep() {
    Image image =
        Image.of(
            Dockerfile.parse("FROM base\nRUN touch /a\nRUN --mount=type=secret,id=key show /x"));
    BuildException e = assertThrows(BuildException.class, () -> machine.build(image, spec -> spec));

    assertTrue(String.valueOf(e.getMessage()).contains("the secret \"key\" was not given"));
    assertEquals(List.of(), machine.commands.requests);
  }

  @Test
  void run_secretAsVariable_isInTheEnvironmentOnly() {
    image("RUN touch /a");
    Image image = Image.of(Dockerfile.parse("FROM base\nRUN --mount=type=secret,id=key,env=K env"));
    machine.build(image, spec -> spec.secret("key", Secret.of("hush")));

    assertEquals("hush", machine.commands.requests.get(1).environment().get("K"));
    assertEquals(List.of(), machine.commands.requests.get(1).mounts());
  }

  @Test
  void run_bindAndCacheMounts_showContextAndKeepWhatIsWritten() throws IOException {
    Path context = Files.createDirectory(directory.resolve("context"));
    Files.createDirectory(context.resolve("src"));
    Files.writeString(context.resolve("src/main"), "int");
    Image image =
        Image.of(
            Dockerfile.parse(
                "FROM base\nRUN --mount=type=bind,source=src,target=/src"
                    + " --mount=type=cache,target=/c --mount=type=tmpfs,target=/t show /src/main"));
    Events events = machine.watch(image, spec -> spec.context(context));
    var mounts = machine.commands.requests.get(0).mounts();

    assertEquals("int", events.output.toString());
    assertEquals(directory.resolve("cache-mounts"), source(mounts.get(1)).getParent());
    assertTrue(Files.isDirectory(source(mounts.get(1))));
    assertEquals(new StepMount.Content.Memory(0), mounts.get(2).content());
    assertEquals(List.of(), machine.watch(image, spec -> spec.context(context)).ran());
    Files.writeString(context.resolve("src/main"), "long");
    assertEquals(List.of(2), machine.watch(image, spec -> spec.context(context)).ran());
    assertEquals(0, machine.openChanges.get());
  }

  @Test
  void run_whatIsNotAllowedOrSupported_isLocated() {
    Map<String, String> problems =
        Map.of(
            "--mount=type=ssh,required x",
            "the ssh agent \"default\" was not given",
            "--security=insecure x",
            "allow(BuildPermission.SECURITY_INSECURE)",
            "--network=host x",
            "allow(BuildPermission.NETWORK_HOST)",
            "--device=x y",
            "not supported yet");
    for (Map.Entry<String, String> run : problems.entrySet()) {
      BuildException e = assertThrows(BuildException.class, () -> image("RUN " + run.getKey()));
      assertTrue(String.valueOf(e.getMessage()).contains(run.getValue()), e.getMessage());
      assertTrue(String.valueOf(e.getMessage()).startsWith("Dockerfile:2:1"), e.getMessage());
    }
  }

  @Test
  void run_script_isAFileThatIsExecuted() {
    Image image = Image.of(Dockerfile.parse("FROM base\nRUN <<EOF\n#!/bin/show\nx\nEOF\n"));

    assertThrows(BuildException.class, () -> machine.build(image, spec -> spec));
    assertEquals(List.of("/dev/pipes/EOF"), machine.commands.requests.get(0).args());
    assertEquals("/dev/pipes/EOF", machine.commands.requests.get(0).mounts().get(0).target());
  }

  @Test
  void copy_withoutContext_failsBeforeAnyStep() {
    BuildException e = assertThrows(BuildException.class, () -> image("RUN touch /a\nCOPY . ."));

    assertTrue(String.valueOf(e.getMessage()).contains("there is no build context"));
    assertEquals(List.of(), machine.commands.requests);
  }
}
