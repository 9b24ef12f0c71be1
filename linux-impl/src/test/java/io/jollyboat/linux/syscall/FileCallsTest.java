package io.jollyboat.linux.syscall;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileCallsTest {

  @Test
  void open_missingFile_namesCallPathAndReason() {
    KernelException e =
        assertThrows(
            KernelException.class, () -> FileCalls.open("/missing", OpenFlags.O_RDONLY, 0));

    assertEquals("open /missing: ENOENT (no such file or directory)", e.getMessage());
    assertTrue(e.is(Errno.ENOENT));
  }

  @Test
  void open_nameWithNul_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> FileCalls.open("/etc\0/x", 0, 0));
  }

  @Test
  void pipe_writtenBytes_areReadBack() {
    try (FileCalls.Pipe pipe = FileCalls.pipe()) {
      FileCalls.writeFully(pipe.writeEnd(), "hello".getBytes(UTF_8));
      byte[] buffer = new byte[64];

      int length = FileCalls.read(pipe.readEnd(), buffer);

      assertArrayEquals("hello".getBytes(UTF_8), Arrays.copyOf(buffer, length));
    }
  }

  @Test
  void flock_secondOpenFile_isExcluded(@TempDir Path directory) throws Exception {
    String file = Files.createFile(directory.resolve("lock")).toString();
    try (Fd first = FileCalls.open(file, OpenFlags.O_RDWR, 0);
        Fd second = FileCalls.open(file, OpenFlags.O_RDWR, 0)) {
      assertTrue(FileCalls.flock(first, FileCalls.LOCK_EX));
      assertFalse(FileCalls.flock(second, FileCalls.LOCK_EX | FileCalls.LOCK_NB));
      assertTrue(FileCalls.flock(first, FileCalls.LOCK_UN));
      assertTrue(FileCalls.flock(second, FileCalls.LOCK_EX | FileCalls.LOCK_NB));
    }
  }

  @Test
  void stat_ofNull_isCharacterDeviceOneThree() {
    try (Fd nothing = FileCalls.open("/dev/null", OpenFlags.O_PATH, 0)) {
      FileStat stat = FileCalls.stat(nothing);

      assertTrue(stat.isCharacterDevice());
      assertEquals(1L << 32 | 3, stat.specialDevice());
    }
  }

  @Test
  void openat2_linkOutOfTheRoot_staysInside(@TempDir Path directory) throws Exception {
    Files.createSymbolicLink(directory.resolve("passwd"), Path.of("/etc/passwd"));
    try (Fd root = FileCalls.open(directory.toString(), OpenFlags.O_DIRECTORY, 0)) {
      KernelException e =
          assertThrows(
              KernelException.class,
              () -> FileCalls.openat2(root.number(), "passwd", 0, 0, OpenFlags.RESOLVE_IN_ROOT));

      assertTrue(e.is(Errno.ENOENT));
    }
  }

  @Test
  void fd_closedTwice_staysClosed() {
    Fd fd = FileCalls.open("/dev/null", OpenFlags.O_RDONLY, 0);
    fd.close();
    fd.close();

    assertFalse(fd.isOpen());
    assertThrows(IllegalStateException.class, fd::number);
  }
}
