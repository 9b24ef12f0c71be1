package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.BuildException;
import io.jollyboat.ConflictException;
import io.jollyboat.Container;
import io.jollyboat.ContentException;
import io.jollyboat.Engine;
import io.jollyboat.EngineUnavailableException;
import io.jollyboat.Image;
import io.jollyboat.ImageNotFoundException;
import io.jollyboat.JollyboatException;
import io.jollyboat.PullPolicy;
import io.jollyboat.RegistryException;
import io.jollyboat.StoredImage;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.dockerfile.DockerfileSyntaxException;
import io.jollyboat.oci.Digest;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a person gets who asks for something that cannot be: a typed exception, and nothing half
 * done.
 */
@IntegrationTest
class BadInputIT {
  private final TestStore store = TestStore.empty();

  @AfterEach
  void delete() {
    store.close();
  }

  @Test
  void unknownImage_whenPulled_isNotFound(RegistryProcess registry) {
    String name = registry.reference("no/such:image");
    try (Engine engine = store.open()) {
      ImageNotFoundException error =
          assertThrows(ImageNotFoundException.class, () -> engine.pull(name));
      assertEquals(name, error.reference());
      Failure.says(error, name);
      assertNothing(engine);
    }
  }

  @Test
  void unknownImage_asABase_failsBeforeAnyStep(RegistryProcess registry) {
    String name = registry.reference("no/such:base");
    try (Engine engine = store.open()) {
      assertThrows(ImageNotFoundException.class, () -> engine.build(Image.from(name).run("true")));
      assertNothing(engine);
    }
  }

  @Test
  void digestThatTheRegistryDoesNotHave_isNotFound(RegistryProcess registry) {
    String name = registry.reference("busybox@" + Digest.sha256(new byte[] {1}));
    try (Engine engine = store.open()) {
      assertEquals(
          name, assertThrows(ImageNotFoundException.class, () -> engine.pull(name)).reference());
      assertNothing(engine);
    }
  }

  @Test
  void missingImage_thatMustNotBePulled_isNotFound(RegistryProcess registry) {
    String name = registry.reference(TestImages.BUSYBOX);
    try (Engine engine = store.open()) {
      ImageNotFoundException error =
          assertThrows(
              ImageNotFoundException.class,
              () -> engine.run(name, run -> run.pull(PullPolicy.NEVER)).close());
      Failure.says(error, name);
      assertNothing(engine);
    }
  }

  @Test
  void unreachableRegistry_whenPulled_namesHost() throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    try (Engine engine = store.open()) {
      RegistryException error =
          assertThrows(
              RegistryException.class, () -> engine.pull("127.0.0.1:" + closed + "/any:1"));
      Failure.says(error, "127.0.0.1:" + closed);
      assertNothing(engine);
    }
  }

  @Test
  void layerWithAnotherByte_whenPulled_isRefused() throws IOException {
    damagedLayer(
        "flipped",
        layer -> {
          try (RandomAccessFile file = new RandomAccessFile(layer.toFile(), "rw")) {
            file.seek(file.length() / 2);
            int old = file.read();
            file.seek(file.length() / 2);
            file.write(old ^ 1);
          }
        });
  }

  @Test
  void truncatedLayer_whenPulled_isRefused() throws IOException {
    damagedLayer(
        "truncated",
        layer -> {
          try (RandomAccessFile file = new RandomAccessFile(layer.toFile(), "rw")) {
            file.setLength(file.length() / 2);
          }
        });
  }

  private void damagedLayer(String name, Damage damage) throws IOException {
    try (RegistryProcess own = RegistryProcess.start();
        Engine engine = store.open()) {
      TestImages.make().push(TestImages.BUSYBOX, own, name + ":1");
      Digest layer = busyboxLayer();
      damage.to(own.blob(layer.hex()));
      JollyboatException error =
          assertThrows(JollyboatException.class, () -> engine.pull(own.reference(name + ":1")));
      ContentException content = (ContentException) error;
      assertEquals(layer, content.expected().orElseThrow());
      assertNothing(engine);
    }
  }

  private interface Damage {
    void to(Path blob) throws IOException;
  }

  /** The digest of busybox's only layer, from its layout. */
  private static Digest busyboxLayer() throws IOException {
    Path blobs = TestImages.make().layout(TestImages.BUSYBOX).resolve("blobs/sha256");
    try (Stream<Path> files = Files.list(blobs)) {
      Path largest = files.max(Comparator.comparing(file -> file.toFile().length())).orElseThrow();
      return Digest.ofSha256(largest.getFileName().toString());
    }
  }

  @Test
  void dockerfile_withAnUnknownInstruction_showsLineAndCaret() {
    DockerfileSyntaxException error =
        assertThrows(
            DockerfileSyntaxException.class,
            () -> Dockerfile.parse("FROM scratch\nRUM true\n", "Dockerfile"));
    Failure.says(error, "Dockerfile", "2");
    Failure.says(error, "RUM true", "^");
    Failure.says(error, "RUN");
  }

  @Test
  void failingRun_ofABuild_saysCodeOutputAndTheStateBefore(RegistryProcess registry) {
    try (Engine engine = store.open()) {
      TestStore.take(engine, registry, TestImages.BUSYBOX);
      Image image =
          Image.from(TestImages.BUSYBOX)
              .run("echo first > /first")
              .run("echo wrong; echo left > /left; exit 3")
              .run("true");
      BuildException error =
          assertThrows(
              BuildException.class, () -> engine.build(image, build -> build.tag("never:1")));
      assertEquals(OptionalInt.of(3), error.exitCode());
      assertTrue(error.output().contains("wrong"), error.output());
      assertEquals(3, error.step().number());
      Failure.says(error, "exit 3");
      assertEquals(
          "first\n",
          Result.sh(
              engine, Specs.alone(error.before().orElseThrow()), "cat /first; [ ! -e /left ]"));
      assertEquals(
          "left\n", Result.sh(engine, Specs.alone(error.failed().orElseThrow()), "cat /left"));
      assertTrue(engine.images().find("never:1").isEmpty());
    }
  }

  @Test
  void missingFileOfTheContext_whenCopied_isNamed(
      RegistryProcess registry, @TempDir Path directory) {
    try (Engine engine = store.open()) {
      TestStore.take(engine, registry, TestImages.BUSYBOX);
      Image image = Image.from(TestImages.BUSYBOX).copy("absent.txt", "/");
      BuildException error =
          assertThrows(
              BuildException.class, () -> engine.build(image, build -> build.context(directory)));
      Failure.says(error, "absent.txt");
    }
  }

  @Test
  void copyWithoutAContext_whenBuilt_failsBeforeAnyStep(RegistryProcess registry) {
    try (Engine engine = store.open()) {
      TestStore.take(engine, registry, TestImages.BUSYBOX);
      int before = engine.images().listAll().size();
      Image image = Image.from(TestImages.BUSYBOX).run("true").copy("file", "/");
      assertThrows(JollyboatException.class, () -> engine.build(image));
      assertEquals(before, engine.images().listAll().size());
    }
  }

  @Test
  void containerName_inUse_isAConflict(RegistryProcess registry) {
    try (Engine engine = store.open()) {
      TestStore.take(engine, registry, TestImages.BUSYBOX);
      try (Container first = engine.run(Specs.busybox().name("taken").command("sleep", "60"))) {
        ConflictException error =
            assertThrows(
                ConflictException.class,
                () -> engine.run(Specs.busybox().name("taken").command("true")).close());
        Failure.says(error, "taken");
        assertTrue(first.running());
      }
    }
  }

  @Test
  void imageInUse_whenRemoved_isAConflict(RegistryProcess registry) {
    try (Engine engine = store.open()) {
      StoredImage image = TestStore.take(engine, registry, TestImages.BUSYBOX);
      try (Container container = engine.run(Specs.busybox().command("sleep", "60"))) {
        assertThrows(ConflictException.class, () -> engine.images().remove(image.id().toString()));
        assertTrue(container.running());
      }
    }
  }

  @Test
  void rootThatOthersCanRead_whenOpened_isRefusedWithTheRemedy(@TempDir Path directory)
      throws IOException {
    Path open = Files.createDirectory(directory.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
    EngineUnavailableException error =
        assertThrows(
            EngineUnavailableException.class, () -> Engine.builder().root(open).open().close());
    Failure.says(error, open.toString(), "700");
  }

  @Test
  void nameThatIsNotInTheStore_whenPushed_saysToTagFirst(RegistryProcess registry) {
    try (Engine engine = store.open()) {
      ImageNotFoundException error =
          assertThrows(
              ImageNotFoundException.class,
              () -> engine.push(registry.reference("never/tagged:1")));
      Failure.says(error, "tag");
    }
  }

  private static void assertNothing(Engine engine) {
    assertEquals(List.of(), engine.images().listAll());
    assertFalse(engine.containers().list().iterator().hasNext());
  }
}
