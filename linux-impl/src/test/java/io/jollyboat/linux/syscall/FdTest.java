package io.jollyboat.linux.syscall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class FdTest {

  @Test
  void close_whileHeld_keepsTheNumberUntilTheHoldEnds() {
    Fd fd = FileCalls.open("/dev/null", OpenFlags.O_RDONLY, 0);
    int number = fd.number();

    try (Fd.Hold held = fd.hold()) {
      fd.close();

      assertEquals(number, held.number());
      assertFalse(fd.isOpen());
      assertTrue(isOpen(number));
    }
    assertFalse(isOpen(number));
  }

  @Test
  void hold_closed_isRefused() {
    Fd fd = FileCalls.open("/dev/null", OpenFlags.O_RDONLY, 0);
    fd.close();

    assertThrows(IllegalStateException.class, fd::hold);
  }

  @Test
  void close_twiceWhileHeld_closesOnce() {
    Fd fd = FileCalls.open("/dev/null", OpenFlags.O_RDONLY, 0);
    int number = fd.number();

    try (Fd.Hold held = fd.hold()) {
      fd.close();
      fd.close();
      assertEquals(number, held.number());
    }
    try (Fd other = FileCalls.open("/dev/null", OpenFlags.O_RDONLY, 0)) {
      fd.close();

      assertTrue(isOpen(other.number()));
    }
  }

  @Test
  void read_closedByAnotherThreadMeanwhile_keepsTheNumber() throws Exception {
    FileCalls.Pipe pipe = FileCalls.pipe();
    int number = pipe.readEnd().number();
    byte[] read = new byte[8];
    CompletableFuture<Integer> reader =
        CompletableFuture.supplyAsync(() -> FileCalls.read(pipe.readEnd(), read));
    Path syscall = Path.of("/proc/self/task");
    while (!isReading(syscall, number)) {
      Thread.onSpinWait();
    }

    pipe.readEnd().close();
    boolean kept = isOpen(number);
    FileCalls.write(pipe.writeEnd(), new byte[] {7});

    assertEquals(1, reader.get(10, TimeUnit.SECONDS));
    assertTrue(kept);
    assertFalse(isOpen(number));
    pipe.close();
  }

  /** Whether a thread of this process is inside read(2), number 0 on x86_64, 63 on Arm. */
  private static boolean isReading(Path tasks, int fd) throws IOException {
    String call = (Architecture.current() == Architecture.X86_64 ? "0 0x" : "63 0x");
    try (Stream<Path> threads = Files.list(tasks)) {
      return threads.anyMatch(
          task -> {
            try {
              String now = Files.readString(task.resolve("syscall"));
              return now.startsWith(call + Integer.toHexString(fd) + " ");
            } catch (IOException e) {
              return false; // a thread that has ended
            }
          });
    }
  }

  private static boolean isOpen(int number) {
    return Files.exists(Path.of("/proc/self/fd/" + number), LinkOption.NOFOLLOW_LINKS);
  }
}
