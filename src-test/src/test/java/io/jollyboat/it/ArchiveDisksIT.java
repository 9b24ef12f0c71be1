package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Engine;
import io.jollyboat.FileSet;
import io.jollyboat.Image;
import io.jollyboat.StoreException;
import io.jollyboat.StoredImage;
import io.jollyboat.test.HostMount;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives and disks that are full. */
@IntegrationTest
class ArchiveDisksIT {
  private static final String NAME = "localhost/large:1";

  private Path directory = Path.of("");
  private Path archive = Path.of("");

  @BeforeEach
  void save(@TempDir Path work) {
    directory = work;
    archive = work.resolve("large.tar");
    byte[] noise = new byte[6_000_000];
    new Random(7).nextBytes(noise);
    Image recipe =
        Image.scratch()
            .files(FileSet.empty().bytes(new byte[] {1}, "/small"))
            .files(FileSet.empty().bytes(noise, "/noise"));
    try (TestStore store = TestStore.empty();
        Engine engine = store.open()) {
      StoredImage unused = engine.build(recipe, b -> b.tag(NAME));
      engine.images().save(NAME, archive);
    }
  }

  private static List<String> content(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(file -> root.relativize(file).toString())
          .filter(name -> name.matches("(blobs/sha256|layers|images)/.*"))
          .toList();
    }
  }

  @Test
  void load_onADiskThatIsTooSmall_leavesTheStoreAsItWas() throws IOException {
    Path root = Files.createDirectory(directory.resolve("store"));
    try (HostMount disk = HostMount.on(root, "-o", "mode=0700,size=8m");
        Engine engine = Engine.builder().root(root).open()) {
      assertThrows(StoreException.class, () -> engine.images().load(archive));
      assertEquals(List.of(), engine.images().listAll());
      assertEquals(List.of(), content(root));
      try (InputStream stream = Files.newInputStream(archive)) {
        assertThrows(StoreException.class, () -> engine.images().load(stream));
      }
      assertEquals(List.of(), content(root));
      assertTrue(engine.images().verify().clean());
    }
  }

  @Test
  void save_toADiskThatIsTooSmall_leavesNoFile() throws IOException {
    Path small = Files.createDirectory(directory.resolve("small"));
    try (TestStore store = TestStore.empty();
        Engine engine = store.open();
        HostMount disk = HostMount.on(small, "-o", "size=2m")) {
      StoredImage image = engine.images().load(archive).get(0);
      assertEquals("[" + NAME + "]", image.names().toString());
      Path file = small.resolve("saved.tar");
      assertThrows(StoreException.class, () -> engine.images().save(NAME, file));
      try (Stream<Path> left = Files.list(small)) {
        assertEquals(List.of(), left.toList());
      }
    }
  }
}
