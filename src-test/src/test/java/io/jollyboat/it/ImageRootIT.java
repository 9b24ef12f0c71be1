package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ConflictException;
import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.ImageId;
import io.jollyboat.ImageNotFoundException;
import io.jollyboat.ImageRoot;
import io.jollyboat.StoreException;
import io.jollyboat.oci.Digest;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An image's files, read by this process through a mount that nobody else sees. */
@IntegrationTest
class ImageRootIT {
  private static TestStore store;

  private Engine engine;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  @BeforeEach
  void open() {
    engine = store.open();
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private ImageId built() {
    return engine
        .build(
            Image.from(TestImages.BUSYBOX)
                .run(
                    "mkdir /d; echo inside > /d/f; ln -s /etc/shadow /d/absolute; ln -s f /d/relative;"
                        + " ln -s ../../../../etc/shadow /d/climbing; ln -s loop /d/loop;"
                        + " echo shadow-inside > /etc/shadow; mknod /d/null c 1 3; chmod 4755 /d/f")
                .run("rm /bin/vi; ln -s /d/relative /twice"))
        .id();
  }

  @Test
  void root_ofAnImage_isReadAsAPath() throws IOException {
    try (ImageRoot root = engine.images().root(built())) {
      Path path = root.path();
      assertEquals("inside\n", Files.readString(path.resolve("d/f")));
      assertFalse(Files.exists(path.resolve("bin/vi")), "a whiteout hides it");
      try (Stream<Path> names = Files.walk(path)) {
        List<String> all = names.map(name -> path.relativize(name).toString()).toList();
        assertTrue(
            all.containsAll(List.of("d", "d/f", "bin/busybox", "etc/passwd")), all.toString());
      }
      assertEquals("/etc/shadow", Files.readSymbolicLink(path.resolve("d/absolute")).toString());
      assertTrue(Files.readAllBytes(path.resolve("bin/busybox")).length > 100_000);
    }
  }

  @Test
  void root_ofHostileLinks_neverLeadsToTheMachine() throws IOException {
    try (ImageRoot root = engine.images().root(built())) {
      for (String link : List.of("d/absolute", "d/climbing", "d/relative")) {
        Path path = root.path().resolve(link);
        assertThrows(FileSystemException.class, () -> Files.readString(path), link);
      }
      for (String link : List.of("/d/absolute", "d/climbing", "/../../etc/../etc/shadow")) {
        assertEquals("shadow-inside\n", Files.readString(root.resolve(link)), link);
      }
      assertEquals("inside\n", Files.readString(root.resolve("/twice")));
      assertThrows(StoreException.class, () -> root.resolve("/d/loop"));
      assertFalse(Files.exists(root.resolve("/nothing/here")));
      assertArrayEquals(
          Files.readAllBytes(root.path().resolve("etc/shadow")),
          Files.readAllBytes(root.path().resolve("../../../etc/shadow")),
          "the parent of the root is the root");
    }
  }

  @Test
  void root_cannotBeWrittenAndItsDevicesNotOpened() throws IOException {
    try (ImageRoot root = engine.images().root(built())) {
      Path path = root.path();
      assertThrows(IOException.class, () -> Files.writeString(path.resolve("new"), "x"));
      assertThrows(IOException.class, () -> Files.delete(path.resolve("d/f")));
      assertThrows(IOException.class, () -> Files.newInputStream(path.resolve("d/null")).close());
      ProcessBuilder program = new ProcessBuilder(path.resolve("bin/busybox").toString(), "true");
      assertThrows(IOException.class, program::start);
    }
  }

  @Test
  void root_isInNoNamespaceAndEndsWithTheEngine() throws IOException {
    ImageId image = built();
    String before = Files.readString(Path.of("/proc/self/mountinfo"));
    ImageRoot root = engine.images().root(image);
    ImageRoot other = engine.images().root(image);
    assertEquals(before, Files.readString(Path.of("/proc/self/mountinfo")));
    assertEquals(image, root.image().id());
    other.close();
    other.close();
    assertThrows(ConflictException.class, other::path);
    assertEquals("inside\n", Files.readString(root.path().resolve("d/f")));
    engine.close();
    assertThrows(ConflictException.class, root::path);
    assertThrows(ConflictException.class, () -> root.resolve("/"));
    root.close();
  }

  @Test
  void root_ofAnImageThatIsRemoved_canStillBeRead() throws IOException {
    ImageId image = engine.build(Image.from(TestImages.BUSYBOX).run("echo kept > /kept")).id();
    try (ImageRoot root = engine.images().root(image)) {
      engine.images().remove(image.toString());
      assertTrue(engine.images().find(image.toString()).isEmpty());
      assertEquals("kept\n", Files.readString(root.path().resolve("kept")));
    }
    long reclaimed = engine.images().prune().reclaimed().bytes();
    assertTrue(reclaimed >= 5, "the layer went later: " + reclaimed);
  }

  @Test
  void root_ofOneLayerOrNone_isRead() throws IOException {
    ImageId one = engine.images().find(TestImages.BUSYBOX).orElseThrow().id();
    try (ImageRoot root = engine.images().root(one)) {
      assertTrue(Files.exists(root.path().resolve("bin/busybox")));
    }
    ImageId none = new ImageId(Digest.sha256("none".getBytes(StandardCharsets.UTF_8)));
    assertThrows(ImageNotFoundException.class, () -> engine.images().root(none));
  }
}
