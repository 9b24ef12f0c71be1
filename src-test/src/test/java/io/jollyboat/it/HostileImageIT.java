package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Container;
import io.jollyboat.ContainerException;
import io.jollyboat.ContainerSpec;
import io.jollyboat.ContentException;
import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.ImageId;
import io.jollyboat.Mount;
import io.jollyboat.dockerfile.StopSignal;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.MediaType;
import io.jollyboat.test.EveryKernel;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images whose configuration or files are made to be stumbled over. */
@EveryKernel
@IntegrationTest
class HostileImageIT {
  private static TestStore store;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  @Test
  void usersThatAreALoop_whenStarted_areATypedError() {
    refused(busybox().run("rm -f /etc/passwd; ln -s passwd /etc/passwd"), "/etc/passwd");
  }

  @Test
  void userThatIsNone_whenStarted_isATypedError() {
    refused(busybox().user("99999999999999999999"), "99999999999999999999");
  }

  @Test
  void workdirThroughADescriptor_whenStarted_isATypedError() {
    refused(busybox().run("ln -s /proc/self/fd/4 /work").workdir("/work"), "/work");
  }

  @Test
  void stopSignalThatIsNone_whenStopped_isTerm() {
    Image image = busybox().with(StopSignal.of("SIGNONSENSE")).cmd("sh", "-c", "sleep 60");
    try (Engine engine = store.open();
        Container container = engine.run(Specs.alone(engine.build(image).id()))) {
      assertEquals(OptionalInt.of(9), container.stop(Duration.ofMillis(100)).signal());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"proc", "sys", "dev"})
  void kernelDirectoryThatIsALink_whenStarted_isRefusedAndTheHostUntouched(
      String name, @TempDir Path context, @TempDir Path victim) throws IOException {
    for (String target :
        List.of(victim.toString(), "../../../../.." + victim, "/proc/self/root" + victim)) {
      Path link = context.resolve(name);
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, Path.of(target));
      ContainerException refused =
          assertThrows(ContainerException.class, () -> run(withFiles(), context, "true"));
      Failure.says(refused, "/" + name, "ELOOP");
      assertUntouched(victim);
    }
  }

  @Test
  void devicesThatAreLinks_whenStarted_areNotWhatIsMountedOrMasked(
      @TempDir Path context, @TempDir Path victim) throws IOException {
    Path secret = Files.writeString(victim.resolve("secret"), "kept");
    Path dev = Files.createDirectories(context.resolve("dev/pts"));
    Files.createSymbolicLink(context.resolve("dev/null"), secret);
    Files.createSymbolicLink(context.resolve("dev/console"), secret);
    Files.createSymbolicLink(dev.resolve("0"), secret);
    Files.createSymbolicLink(dev.resolve("ptmx"), secret);
    Result result =
        run(
            withFiles(),
            context,
            "stat -c '%F %t:%T' /dev/null; wc -c < /proc/keys; wc -c < /proc/timer_list;"
                + " echo lost > /dev/null; ls /dev/pts; readlink /dev/console");
    assertEquals("character special file 1:3\n0\n0\nptmx\n", result.out(), result::toString);
    assertEquals("kept", Files.readString(secret));
  }

  @Test
  void engineFilesThatAreLinks_whenStarted_stayInsideTheRoot(
      @TempDir Path context, @TempDir Path victim) throws IOException {
    for (String target :
        List.of(victim.toString(), "../../../../.." + victim, "/../.." + victim, "/proc/1/root")) {
      Path etc = context.resolve("etc");
      Files.deleteIfExists(etc);
      Files.createSymbolicLink(etc, Path.of(target));
      try {
        run(withFiles(), context, "true");
      } catch (ContainerException e) {
        Failure.says(e, "mount");
      }
      assertUntouched(victim);
    }
  }

  @Test
  void mountTargetThroughALink_whenStarted_isFoundInsideTheRoot(
      @TempDir Path context, @TempDir Path victim, @TempDir Path data) throws IOException {
    Files.writeString(data.resolve("file"), "given");
    Files.createSymbolicLink(context.resolve("data"), Path.of("../../../../.." + victim));
    try (Engine engine = store.open()) {
      Image image = withFiles().cmd("cat", "/data/in/file");
      ImageId id = engine.build(image, build -> build.context(context)).id();
      Mount mount = Mount.readWrite(data, "/data/in");
      assertEquals("given", Result.of(engine, Specs.alone(id).mount(mount)).out());
    }
    assertUntouched(victim);
  }

  @Test
  void workdirThroughAnyDescriptor_whenStarted_isRefusedOrInside() {
    for (int fd = 0; fd < 16; fd++) {
      Image image = busybox().workdir("/proc/self/fd/" + fd);
      refused(image, "/proc/self/fd/" + fd);
    }
    for (String path :
        List.of("/proc/1/cwd/../../..", "/proc/self/root/..", "/proc/thread-self/cwd")) {
      try (Engine engine = store.open()) {
        ContainerSpec spec =
            Specs.busybox().workdir(path).command("sh", "-c", "ls -d /bin/sh; pwd");
        try {
          assertTrue(Result.of(engine, spec).out().startsWith("/bin/sh\n/"));
        } catch (ContainerException e) {
          Failure.says(e, path);
        }
      }
    }
  }

  @Test
  void librariesForNames_ofTheImage_areNeverLoadedHere(@TempDir Path context) throws IOException {
    Files.createDirectories(context.resolve("lib/x86_64-linux-gnu"));
    for (String file : List.of("lib/libnss_files.so.2", "lib/x86_64-linux-gnu/libnss_files.so.2")) {
      Files.writeString(context.resolve(file), "no library");
    }
    Files.createDirectories(context.resolve("etc"));
    Files.writeString(context.resolve("etc/nsswitch.conf"), "passwd: evil files");
    Files.writeString(context.resolve("etc/passwd"), "some:x:77:78::/:/bin/sh\n");
    try (Engine engine = store.open()) {
      Image image = withFiles().user("some").cmd("id", "-u");
      ImageId id = engine.build(image, build -> build.context(context)).id();
      assertEquals("77\n", Result.of(engine, Specs.alone(id)).out());
      String maps = Files.readString(Path.of("/proc/self/maps"));
      assertFalse(maps.contains(store.root().toString()), maps);
    }
  }

  @Test
  void imageOfAThousandLayers_whenPulled_isRefusedBeforeAnyLayer() {
    Digest some = Digest.sha256(new byte[1]);
    Manifest manifest =
        Manifest.of(
            Descriptor.of(MediaType.OCI_CONFIG, some, 1),
            Collections.nCopies(1000, Descriptor.of(MediaType.OCI_LAYER_GZIP, some, 1)));
    OneManifest registry = new OneManifest(MediaType.OCI_MANIFEST, manifest.bytes());
    try (Engine engine = store.builder().registry(registry).open()) {
      ContentException refused =
          assertThrows(ContentException.class, () -> engine.pull("example.com/many:1"));
      Failure.says(refused, "1000 layers", "127");
      assertEquals(List.of(), registry.asked);
    }
  }

  /** Busybox alone, and over it the files of the context, links as they are. */
  private static Image withFiles() {
    return Image.scratch().copyFrom(busybox(), "/bin", "/bin").copy(".", "/");
  }

  private static Result run(Image image, Path context, String script) {
    try (Engine engine = store.open()) {
      ImageId id = engine.build(image, build -> build.context(context)).id();
      return Result.of(engine, Specs.alone(id).command("/bin/sh", "-c", script));
    }
  }

  private static void assertUntouched(Path victim) throws IOException {
    try (Stream<Path> files = Files.list(victim)) {
      assertEquals(List.of(), files.toList());
    }
  }

  private static Image busybox() {
    return Image.from(TestImages.BUSYBOX);
  }

  private static void refused(Image image, String part) {
    try (Engine engine = store.open()) {
      Image named = image.cmd("true");
      Failure.says(
          assertThrows(
              ContainerException.class,
              () -> engine.run(Specs.alone(engine.build(named).id())).close()),
          part);
    }
  }
}
