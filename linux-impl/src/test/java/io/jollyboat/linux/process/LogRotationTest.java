package io.jollyboat.linux.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.linux.launcher.BusyboxRoot;
import io.jollyboat.linux.launcher.Namespace;
import io.jollyboat.linux.launcher.RequiresRoot;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Logs in several files: what is kept of them, and what their readers see. */
@ExtendWith(RequiresRoot.class)
final class LogRotationTest {

  private static final Set<Namespace> NEW = Set.of(Namespace.MOUNT, Namespace.PID);
  private static final int LIMIT = 64 << 10;

  private final Path directory;
  private final BusyboxRoot root;
  private final Processes processes;

  LogRotationTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.root = BusyboxRoot.in(directory);
    this.processes = Processes.open(directory);
  }

  @AfterEach
  void close() {
    processes.close();
  }

  @Test
  void files_beyondTheLimit_areDeleted() throws Exception {
    try (MonitoredProcess process = start("seq", 300_000, 3)) {
      int code = process.onExit().get().code();
      assertEquals(0, code);
      List<Path> files = files();
      assertEquals(3, files.size(), files.toString());
      for (Path file : files) {
        assertTrue(Files.size(file) <= LIMIT, file + " has " + Files.size(file));
      }
      String kept = process.logs();
      assertTrue(kept.endsWith("\n299999\n300000\n"), "the end is kept");
      assertTrue(kept.length() > LIMIT, "more than one file is read: " + kept.length());
    }
  }

  @Test
  void reader_thatKeepsUp_seesEveryLineAcrossFiles() throws Exception {
    String script = "i=0; while [ $i -lt 400 ]; do seq $((i*500)) $((i*500+499)); i=$((i+1)); done";
    try (MonitoredProcess process = start("sh -c '" + script + "'", 0, 1000)) {
      String[] lines = new String(process.stdout().readAllBytes(), UTF_8).split("\n");
      assertEquals(200_000, lines.length);
      for (int i = 0; i < lines.length; i++) {
        assertEquals(String.valueOf(i), lines[i]);
      }
      assertTrue(files().size() > 10, files().toString());
    }
  }

  @Test
  void reader_thatFallsBehind_saysHowMuchItMissed() throws Exception {
    try (MonitoredProcess process = start("sh -c 'seq 5; cat; seq 300000'", 0, 2);
        LogCursor cursor = process.log().cursor()) {
      Optional<LogRecord> first = cursor.await();
      assertEquals("1\n2\n3\n4\n5\n", UTF_8.decode(first.orElseThrow().bytes()).toString());
      process.stdin().close();
      int code = process.onExit().get().code();
      assertEquals(0, code);
      long read = 0;
      Optional<LogRecord> next = cursor.await();
      StringBuilder text = new StringBuilder();
      while (next.isPresent()) {
        read += LogRecord.HEADER + next.get().bytes().remaining();
        text.append(UTF_8.decode(next.get().bytes()));
        next = cursor.await();
      }
      assertTrue(text.toString().endsWith("\n300000\n"));
      assertTrue(cursor.missed() > 0);
      assertEquals(cursor.position(), LogRecord.HEADER + 10 + read + cursor.missed());
    }
  }

  @Test
  void log_goneOnWith_overwritesHalfARecord() throws Exception {
    try (MonitoredProcess process = start("echo one", 0, 1)) {
      int code = process.onExit().get().code();
      assertEquals(0, code);
    }
    try (RandomAccessFile file = new RandomAccessFile(directory.resolve("log.0").toFile(), "rw")) {
      ByteBuffer half = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
      half.putInt(100).put((byte) 1);
      file.seek(file.length());
      file.write(half.array());
    }
    try (MonitoredProcess process = start("echo two", 0, 1)) {
      int code = process.onExit().get().code();
      assertEquals(0, code);
      assertEquals("one\ntwo\n", process.logs());
    }
  }

  private MonitoredProcess start(String command, int count, int files) {
    String line = count == 0 ? command : command + " " + count;
    ProcessRequest request =
        new ProcessRequest(root.running("sh", "-c", line), directory.resolve("log"))
            .namespaces(NEW)
            .logLimit(LIMIT, files)
            .interactive();
    return processes.start(request);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return new ArrayList<>(
          all.filter(file -> file.getFileName().toString().startsWith("log.")).sorted().toList());
    }
  }
}
