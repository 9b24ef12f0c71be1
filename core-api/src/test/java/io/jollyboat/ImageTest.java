package io.jollyboat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.dockerfile.Add;
import io.jollyboat.dockerfile.Arg;
import io.jollyboat.dockerfile.Cmd;
import io.jollyboat.dockerfile.Copy;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.dockerfile.Entrypoint;
import io.jollyboat.dockerfile.Expose;
import io.jollyboat.dockerfile.Healthcheck;
import io.jollyboat.dockerfile.Onbuild;
import io.jollyboat.dockerfile.Run;
import io.jollyboat.dockerfile.RunMount;
import io.jollyboat.dockerfile.Shell;
import io.jollyboat.dockerfile.StopSignal;
import io.jollyboat.dockerfile.User;
import io.jollyboat.dockerfile.Volume;
import io.jollyboat.dockerfile.Word;
import io.jollyboat.oci.Platform;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ImageTest {
  private static final String SEVEN_STEPS =
      """
      FROM node:8.4-alpine
      WORKDIR /opt/helloworld
      RUN touch /var/lib/installed
      COPY . .
      RUN npm install
      EXPOSE 3000
      CMD ["npm", "start"]
      """;

  private static Image sevenSteps() {
    return Image.from("node:8.4-alpine")
        .workdir("/opt/helloworld")
        .run("touch /var/lib/installed")
        .copy(".", ".")
        .run("npm install")
        .expose(3000)
        .cmd("npm", "start");
  }

  @Test
  void of_textAndJava_equal() {
    assertEquals(sevenSteps(), Image.of(Dockerfile.parse(SEVEN_STEPS)));
  }

  @Test
  void toDockerfile_readBack_sameImage() {
    Image image = sevenSteps();
    assertEquals(image, Image.of(image.toDockerfile()));
    assertEquals(SEVEN_STEPS, image.toDockerfile().toString());
  }

  @Test
  void toDockerfile_severalStages_eachOnceAndBeforeItsUse() {
    Image base = Image.from("debian").named("base").run("apt-get update");
    Image built = Image.from(base).named("built").copy("src", "/src").run("make");
    Image all = Image.from(base).copyFrom(built, "/out", "/opt").copyFrom(built, "/doc", "/doc");

    String text = all.toDockerfile().toString();

    assertEquals(2, text.split("--from=built", -1).length - 1);
    assertEquals(2, text.split("FROM base", -1).length - 1);
    assertEquals(1, text.split("AS base", -1).length - 1);
    assertEquals(all, Image.of(Dockerfile.parse(text)));
  }

  @Test
  void toDockerfile_stageWithoutName_getsOne() {
    Image built = Image.from("maven").run("mvn package");
    Image all =
        Image.scratch()
            .using("build", built)
            .with(Copy.of("target/a.jar").to("/").from("build"))
            .with(Run.shell("x").mount(RunMount.bind("/m").from("build")));

    String text = all.toDockerfile().toString();

    assertTrue(text.contains("FROM maven AS stage0"), text);
    assertTrue(text.contains("--from=stage0"), text);
    assertTrue(text.contains("from=stage0"), text);
  }

  @Test
  void using_laterRedefinition_leavesEarlierStepsAlone() {
    Image one = Image.from("one");
    Image two = Image.from("two");
    Image image =
        Image.scratch()
            .using("x", one)
            .with(Copy.of("a").to("/").from("x"))
            .using("x", two)
            .with(Copy.of("a").to("/").from("x"));

    assertEquals(Map.of("x", one), ((Image.Step.Written) image.steps().get(0)).stages());
    assertEquals(Map.of("x", two), ((Image.Step.Written) image.steps().get(1)).stages());
  }

  @Test
  void of_argumentInFrom_boundByTheBuild() {
    Dockerfile dockerfile =
        Dockerfile.parse(
            """
            ARG VARIANT=slim
            FROM debian AS base-slim
            FROM ubuntu AS base-full
            FROM base-$VARIANT
            ARG VARIANT
            RUN echo $VARIANT
            """);
    Image image = Image.of(dockerfile);

    assertInstanceOf(Image.Base.Unbound.class, image.base());
    assertEquals("debian", baseName(image.bind(Map.of())));
    assertEquals("ubuntu", baseName(image.bind(Map.of("VARIANT", "full"))));
    assertEquals("full", image.bind(Map.of("VARIANT", "full")).globals().get("VARIANT"));
  }

  private static String baseName(Image image) {
    Image stage = ((Image.Base.Stage) image.base()).image();
    return ((Image.Base.Reference) stage.base()).name().value();
  }

  @Test
  void toDockerfile_ofEverythingFromJava_readsBackAsTheSame() {
    Image build =
        Image.from("golang:1.22", Platform.parse("linux/arm64"))
            .named("build")
            .with(Arg.of("VERSION", "1"))
            .with(
                Run.shell("go build\ngo test")
                    .cache("/root/.cache")
                    .mount(
                        RunMount.cache("/go")
                            .sharing(RunMount.Sharing.LOCKED)
                            .mode(0700)
                            .owner(1, 2))
                    .mount(RunMount.secret("key").env("KEY").required())
                    .mount(RunMount.tmpfs("/t").size(1 << 20))
                    .ssh()
                    .tmpfs("/scratch")
                    .bind("src", "/src")
                    .network(Run.Network.NONE)
                    .security(Run.Security.INSECURE))
            .with(
                Copy.of(Word.of("app-$VERSION")).to(Word.of("/out/$VERSION")).chown(Word.of("$U")))
            .with(
                Add.of("https://host/x.tar")
                    .to("/x/")
                    .checksum("sha256:" + "0".repeat(64))
                    .unpack(true))
            .with(
                Add.of(Word.of("https://host/$R.git#v1"))
                    .to("/r")
                    .withGitDir()
                    .chmod(Word.of("u=rwX")));
    Image image =
        Image.from(build)
            .using("build", build)
            .with(
                Copy.of("*.go", "a b")
                    .to("/app/")
                    .from("build")
                    .link()
                    .withParents()
                    .exclude("*.md")
                    .chmod("go-w"))
            .with(Copy.text("config", "one\ntwo $x\n").to("/etc/config"))
            .with(Expose.of("8000-8010/udp"))
            .with(Healthcheck.exec("check", "it").interval(Duration.ofSeconds(5)))
            .with(Onbuild.of(Run.shell("later")))
            .with(Shell.of("/bin/bash", "-c"))
            .with(StopSignal.of("SIGINT"))
            .with(Volume.of("/data"))
            .with(User.of("me"))
            .with(Entrypoint.shell("exec app"))
            .cmd("one", "two words");

    Dockerfile printed = image.toDockerfile();
    assertEquals(image, Image.of(Dockerfile.parse(printed.toString())), printed.toString());
  }

  @Test
  void of_typographicQuotes_imageWarnsAndIsNoOtherImage() {
    Image pasted = Image.of(Dockerfile.parse("FROM a\nCMD [“npm”, “start”]\n"));
    assertTrue(
        pasted.run("x").warnings().stream()
            .anyMatch(warning -> warning.toString().contains("[\"npm\", \"start\"]")));
    assertEquals(Image.from("a").with(Cmd.shell("[“npm”, “start”]")), pasted);
    assertTrue(sevenSteps().warnings().isEmpty());
  }

  @Test
  void of_target_thatStage() {
    Dockerfile dockerfile = Dockerfile.parse("FROM a AS one\nRUN x\nFROM b AS two\nRUN y\n");
    assertEquals(Image.from("a").named("one").run("x"), Image.of(dockerfile, "ONE"));
    assertEquals(Image.of(dockerfile), Image.of(dockerfile, "1"));
    IllegalArgumentException unknown =
        assertThrows(IllegalArgumentException.class, () -> Image.of(dockerfile, "three"));
    assertTrue(message(unknown).contains("two"), message(unknown));
  }

  private static String message(Throwable thrown) {
    return String.valueOf(thrown.getMessage());
  }

  @Test
  void of_copyFromLaterStage_refused() {
    Dockerfile dockerfile = Dockerfile.parse("FROM a\nCOPY --from=later /x /y\nFROM b AS later\n");
    assertThrows(IllegalArgumentException.class, () -> Image.of(dockerfile));
  }

  @Test
  void cmd_oneWordWithBlank_namesBothRemedies() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Image.scratch().cmd("npm start"));
    assertTrue(message(e).contains("cmd(\"npm\", \"start\")"), message(e));
    assertTrue(message(e).contains("Cmd.shell(\"npm start\")"), message(e));
  }

  @Test
  void env_string_isLiteral_wordIsNot() {
    assertNotEquals(
        Image.scratch().env("PATH", "/x:$PATH"), Image.scratch().env("PATH", Word.of("/x:$PATH")));
  }

  @Test
  void toDockerfile_filesOfTheProgram_refusedByName() {
    Image image = Image.scratch().files(FileSet.empty().bytes(new byte[] {1}, "/a"));
    UnsupportedOperationException e =
        assertThrows(UnsupportedOperationException.class, image::toDockerfile);
    assertTrue(message(e).contains("/a"), message(e));
    assertThrows(UnsupportedOperationException.class, () -> Image.host().toDockerfile());
  }

  @Test
  void equals_deepDiamondOfStages_isQuick() {
    Image a = Image.scratch();
    Image b = Image.scratch();
    for (int i = 0; i < 60; i++) {
      a = Image.from(a).copyFrom(a, "/x", "/" + i);
      b = Image.from(b).copyFrom(b, "/x", "/" + i);
    }
    assertEquals(a.hashCode(), b.hashCode());
    assertNotEquals(a, b.run("x"));
  }

  @Test
  void step_isEqualByItsKey_andNoDockerfileCanSayIt() {
    Image image = Image.scratch().step("strip docs", files -> files.delete("/usr/share/doc"));
    assertEquals(image, Image.scratch().step("strip docs", files -> {}));
    assertNotEquals(image, Image.scratch().step("strip", files -> {}));

    UnsupportedOperationException refused =
        assertThrows(UnsupportedOperationException.class, image::toDockerfile);
    assertTrue(refused.toString().contains("STEP strip docs"), refused.toString());
  }

  @Test
  void step_keyOfNoOrSeveralLines_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> Image.scratch().step(" ", files -> {}));
    assertThrows(IllegalArgumentException.class, () -> Image.scratch().step("a\nb", files -> {}));
  }
}
