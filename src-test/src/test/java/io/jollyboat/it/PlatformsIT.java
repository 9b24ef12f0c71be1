package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.BuildException;
import io.jollyboat.Engine;
import io.jollyboat.FileSet;
import io.jollyboat.Image;
import io.jollyboat.ImageNotFoundException;
import io.jollyboat.Pushed;
import io.jollyboat.StoredImage;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.dockerfile.Run;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Index;
import io.jollyboat.oci.Platform;
import io.jollyboat.test.Command;
import io.jollyboat.test.ForeignMachine;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One build for several platforms. */
@IntegrationTest
class PlatformsIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Platform AMD = Platform.of("linux", "amd64");
  private static final Platform ARM = Platform.of("linux", "arm64");

  private final TestStore store = TestStore.empty();

  @AfterEach
  void close() {
    store.close();
  }

  private static Image labelled() {
    return Image.of(
        Dockerfile.parse(
            """
            FROM scratch
            ARG TARGETPLATFORM
            ARG BUILDPLATFORM
            COPY $TARGETPLATFORM /here
            LABEL for=$TARGETPLATFORM on=$BUILDPLATFORM
            """));
  }

  private static Path context(Path directory) throws Exception {
    for (Platform platform : List.of(AMD, ARM)) {
      Path file = directory.resolve(platform.toString());
      Files.createDirectories(file.getParent());
      Files.writeString(file, "for " + platform);
    }
    return directory;
  }

  @Test
  void build_forTwoPlatforms_isOneNameHereAndInARegistry(
      RegistryProcess registry, @TempDir Path files) throws Exception {
    Path context = context(files);
    String name = registry.reference("two/built:1");
    try (Engine engine = store.open()) {
      StoredImage own =
          engine.build(labelled(), build -> build.context(context).platforms(ARM, AMD).tag(name));
      assertEquals(Platform.current(), own.platform());
      List<StoredImage> all = engine.images().platforms(name);
      assertEquals(2, all.size());
      assertEquals(own.id(), all.get(0).id());
      for (StoredImage image : all) {
        assertEquals(image.platform().toString(), image.config().labels().get("for"));
        assertEquals(Platform.current().toString(), image.config().labels().get("on"));
      }
      Pushed pushed = engine.push(name);
      Index index = Index.parse(engine.registries().manifest(name));
      assertEquals(pushed.digest(), index.descriptor().digest());
      assertEquals(
          List.of(ARM, AMD),
          index.manifests().stream().map(Descriptor::platform).map(p -> p.orElseThrow()).toList());
      StoredImage other = all.get(1);
      engine.images().remove(name);
      assertEquals(List.of(), engine.images().listAll());
      StoredImage pulled = engine.pull(name, pull -> pull.platform(other.platform()));
      assertEquals(other.id(), pulled.id());
    }
    for (String architecture : List.of("amd64", "arm64")) {
      String shown =
          Command.run(
              LIMIT,
              Command.find("skopeo").toString(),
              "--override-arch",
              architecture,
              "inspect",
              "--tls-verify=false",
              "docker://" + name);
      assertTrue(shown.contains("\"for\": \"linux/" + architecture + "\""), shown);
    }
  }

  @Test
  void push_ofOnePlatform_leavesTheNameHereAsItIs(RegistryProcess registry, @TempDir Path files)
      throws Exception {
    Path context = context(files);
    String name = registry.reference("two/one:1");
    try (Engine engine = store.open()) {
      engine.build(labelled(), build -> build.context(context).platforms(AMD, ARM).tag(name));
      engine.push(name, push -> push.platform(ARM));
      assertEquals(2, engine.images().platforms(name).size());
      assertEquals(ARM, engine.pull(name, pull -> pull.platform(ARM)).platform());
      assertThrows(
          ImageNotFoundException.class,
          () -> engine.push(name, push -> push.platform(Platform.of("linux", "s390x"))));
    }
  }

  @Test
  void build_whoseSecondPlatformFails_namesNothing(@TempDir Path files) throws Exception {
    Path context = context(files);
    Files.delete(context.resolve(ARM.toString()));
    try (Engine engine = store.open()) {
      assertThrows(
          BuildException.class,
          () ->
              engine.build(
                  labelled(), build -> build.context(context).platforms(AMD, ARM).tag("half:1")));
      assertTrue(engine.images().find("half:1").isEmpty());
      assertEquals(List.of(), engine.images().platforms("half:1"));
    }
  }

  private static Image foreign() {
    return Image.scratch()
        .files(FileSet.empty().bytes(ForeignMachine.program(), "/program").mode(0755))
        .with(Run.exec("/program"));
  }

  @Test
  void run_ofAnotherArchitecture_runsByAnInterpreterOfTheKernel() throws Exception {
    try (ForeignMachine unused = ForeignMachine.start();
        Engine engine = store.open()) {
      StoredImage built = engine.build(foreign(), build -> build.platform(ARM).tag("foreign:1"));
      assertEquals(ARM, built.platform());
      StoredImage read =
          engine.build(
              Image.from(built.id())
                  .step("read", tree -> assertEquals("aarch64\n", tree.readText("/made"))),
              build -> build.platform(ARM));
      assertEquals(ARM, read.platform());
    }
  }

  @Test
  void run_ofAnotherArchitectureWithoutAnInterpreter_saysWhatToInstall() {
    try (Engine engine = store.open()) {
      BuildException refused =
          assertThrows(
              BuildException.class, () -> engine.build(foreign(), build -> build.platform(ARM)));
      assertTrue(String.valueOf(refused.getMessage()).contains("binfmt_misc"), refused.toString());
    }
  }
}
