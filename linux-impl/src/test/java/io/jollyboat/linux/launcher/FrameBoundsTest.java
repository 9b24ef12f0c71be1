package io.jollyboat.linux.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.OpenFlags;
import io.jollyboat.linux.syscall.ProcessCalls;
import io.jollyboat.linux.syscall.SocketCalls;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The launcher takes no frame that does not add up. */
@ExtendWith(RequiresRoot.class)
final class FrameBoundsTest {

  private static final int HEADER = 96;
  private static final int OPERATION = 32;
  private static final int REPORT = 16;
  private static final int EPROTO = 71;

  @ParameterizedTest
  @CsvSource({
    // length of the operation, of all operations, their number, descriptors, index of the log
    "31, 32, 1, 0, -1",
    "0, 32, 1, 0, -1",
    "40, 32, 1, 0, -1",
    "36, 36, 1, 0, -1",
    "2147483640, 32, 1, 0, -1",
    "32, 32, 2, 0, -1",
    "32, 64, 1, 0, -1",
    "32, 32, 1, 0, 0",
    "32, 32, 1, 3, 3",
    "32, 32, 1, 3, -2",
    "32, 32, 1, -1, -1",
    "32, -4, 1, 0, -1",
  })
  void frame_thatDoesNotAddUp_isRefused(
      int operation, int length, int count, int passed, int log, @TempDir Path directory) {
    ByteBuffer frame = ByteBuffer.allocate(HEADER + Math.max(length, OPERATION));
    frame.order(ByteOrder.LITTLE_ENDIAN);
    frame.putInt(0x4c42424a).putShort((short) 2).putShort((short) HEADER).putInt(length).putInt(0);
    frame.putInt(0).putInt(count).putLong(0).putInt(passed).putInt(-1).putInt(log).putInt(-1);
    frame.putLong(0).putLong(0).putInt(0).putInt(-1);
    frame.position(HEADER);
    frame.putInt(OperationCode.UMASK.number()).putInt(operation);

    ByteBuffer report = answer(frame.array(), directory);

    assertEquals(Report.Type.ERROR, Report.Type.numbered(report.getInt()));
    assertEquals(0x10000, report.getInt(), "the step of reading the frame");
    assertEquals(EPROTO, report.getLong());
  }

  private static ByteBuffer answer(byte[] frame, Path directory) {
    byte[] report = new byte[REPORT];
    try (LauncherBinary binary = LauncherBinary.load(directory);
        Fd nothing = FileCalls.open("/dev/null", OpenFlags.O_RDWR, 0);
        SocketCalls.Pair control = SocketCalls.pair(SocketCalls.SOCK_STREAM)) {
      SocketCalls.sendFully(control.first(), frame);
      int pid =
          binary.spawn(
              List.of("jollyboat", "run"), List.of(nothing, nothing, nothing, control.second()));
      control.second().close();
      assertEquals(REPORT, FileCalls.read(control.first(), report));
      control.first().close();
      ProcessCalls.reap(pid);
    }
    return ByteBuffer.wrap(report).order(ByteOrder.LITTLE_ENDIAN);
  }
}
