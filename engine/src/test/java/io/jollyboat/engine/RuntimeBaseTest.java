package io.jollyboat.engine;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.linux.userns.ProcessRights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeBaseTest {
  private static final int USER = (int) ProcessRights.ofThisProcess().user();

  @Test
  void isPrivate_ofOnesOwnShutDirectory_isTrue(@TempDir Path directory) throws IOException {
    assertTrue(RuntimeBase.isPrivate(mode(directory, "rwx------"), USER));
  }

  @Test
  void isPrivate_whereOthersMayWrite_isFalse(@TempDir Path directory) throws IOException {
    assertFalse(RuntimeBase.isPrivate(mode(directory, "rwxrwx---"), USER));
    assertFalse(RuntimeBase.isPrivate(mode(directory, "rwx----w-"), USER));
  }

  @Test
  void isPrivate_ofSomebodyElse_isFalse(@TempDir Path directory) throws IOException {
    assertFalse(RuntimeBase.isPrivate(mode(directory, "rwx------"), USER + 1));
  }

  /** In a directory that all may write to, somebody may have been quicker with a link. */
  @Test
  void isPrivate_ofALink_isFalse(@TempDir Path directory) throws IOException {
    Path own = mode(Files.createDirectory(directory.resolve("own")), "rwx------");
    Path link = Files.createSymbolicLink(directory.resolve("link"), own);
    assertFalse(RuntimeBase.isPrivate(link, USER));
  }

  private static Path mode(Path directory, String permissions) throws IOException {
    return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
  }
}
