package io.jollyboat.linux.syscall;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ProcessCallsTest {

  @Test
  @SuppressWarnings("try") // one end is closed early
  void spawn_shell_getsWordsEnvironmentAndDescriptors() {
    try (Fd nothing = FileCalls.open("/dev/null", OpenFlags.O_RDWR, 0);
        FileCalls.Pipe pipe = FileCalls.pipe();
        Fd in = FileCalls.duplicate(nothing, 20);
        Fd out = FileCalls.duplicate(pipe.writeEnd(), 20)) {
      List<String> words = List.of("sh", "-c", "echo \"$0 $1 $NAME\"; exit 7", "a", "b c");
      int pid = ProcessCalls.spawn("/bin/sh", words, List.of("NAME=value"), List.of(in, out, in));
      out.close();
      pipe.writeEnd().close();
      byte[] buffer = new byte[64];
      int length = FileCalls.read(pipe.readEnd(), buffer);

      assertEquals("a b c value\n", new String(buffer, 0, length, UTF_8));
      assertEquals(7 << 8, ProcessCalls.reap(pid));
    }
  }

  @Test
  void spawn_missingProgram_throws() {
    KernelException e =
        assertThrows(
            KernelException.class,
            () -> ProcessCalls.spawn("/missing", List.of("x"), List.of(), List.of()));

    assertEquals("posix_spawn /missing: ENOENT (no such file or directory)", e.getMessage());
  }

  @Test
  void pidDescriptor_ofEndedChild_isReadableAndSignalReachesNobody() {
    int pid = ProcessCalls.spawn("/bin/sh", List.of("sh", "-c", "sleep 60"), List.of(), List.of());
    try (Fd process = ProcessCalls.openPid(pid);
        Fd epoll = PollCalls.create()) {
      PollCalls.add(epoll, process, PollCalls.EPOLLIN, 42);
      assertTrue(ProcessCalls.reapIfEnded(pid).isEmpty());

      assertTrue(ProcessCalls.signal(process, 9));
      List<PollCalls.Event> events = PollCalls.await(epoll, 4, 10_000);

      assertEquals(42, events.get(0).key());
      assertEquals(9, ProcessCalls.reap(pid));
      assertFalse(ProcessCalls.signal(process, 9));
    }
  }
}
