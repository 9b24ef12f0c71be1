package io.jollyboat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.EngineUnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

final class ImageStoreTest extends StoreTest {
  private ImageStore open(Path root) {
    return ImageStore.open(root, locks, new PlainLayerTrees());
  }

  @Test
  void open_newRoot_isTheOwnersAlone() throws Exception {
    assertEquals(
        "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(store.root())));
  }

  @Test
  void open_rootThatOthersCanRead_saysWhatToDo() throws Exception {
    Path root = Files.createDirectory(directory.resolve("open"));
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
    EngineUnavailableException e = assertThrows(EngineUnavailableException.class, () -> open(root));
    assertTrue(String.valueOf(e.getMessage()).contains("chmod 700 " + root));
    assertEquals(1, e.probe().capabilities().size());
    Path file = Files.createFile(directory.resolve("file"));
    assertThrows(EngineUnavailableException.class, () -> open(file));
    assertThrows(EngineUnavailableException.class, () -> open(file.resolve("below")));
    Path link = Files.createSymbolicLink(directory.resolve("link"), store.root());
    assertThrows(EngineUnavailableException.class, () -> open(link));
  }

  @Test
  void open_otherFormat_isRefused() throws Exception {
    Path root = store.root();
    Files.writeString(root.resolve("store"), "format 99\noverlay plain\nids identity\n");
    EngineUnavailableException e = assertThrows(EngineUnavailableException.class, () -> open(root));
    assertTrue(String.valueOf(e.getMessage()).contains("another version"));
    Files.writeString(root.resolve("store"), "format 1\noverlay trusted\nids identity\n");
    assertThrows(EngineUnavailableException.class, () -> open(root));
  }
}
