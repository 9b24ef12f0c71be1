package io.jollyboat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FileSetTest {
  @Test
  void file_sameDestinationTwice_refused() {
    FileSet one = FileSet.empty().file(Path.of("a"), "/x");
    assertThrows(IllegalArgumentException.class, () -> one.bytes(new byte[0], "/x"));
    assertThrows(IllegalArgumentException.class, () -> one.bytes(new byte[0], "/x/"));
  }

  @Test
  void file_relativeOrClimbingDestination_refused() {
    assertThrows(IllegalArgumentException.class, () -> FileSet.empty().bytes(new byte[0], "x"));
    assertThrows(
        IllegalArgumentException.class, () -> FileSet.empty().bytes(new byte[0], "/a/../b"));
  }

  @Test
  void bytes_callersArrayChanged_setUnchanged() {
    byte[] content = {1, 2};
    FileSet set = FileSet.empty().bytes(content, "/x");
    content[0] = 9;
    assertEquals(FileSet.empty().bytes(new byte[] {1, 2}, "/x"), set);
    assertNotEquals(FileSet.empty().bytes(content, "/x"), set);
  }
}
