package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Container;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.LogLimit;
import io.jollyboat.LogQuery;
import io.jollyboat.LogStream;
import io.jollyboat.Size;
import io.jollyboat.test.EngineJvm;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A container's output: which part of it, in what form, and who keeps it. */
@IntegrationTest
class LogsIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z ";

  private static TestStore store;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  @Test
  void query_ofStreams_givesWhatWasAskedFor() throws IOException {
    try (Engine engine = store.open();
        Container container = ended(engine, "echo out; sleep 0.1; echo err >&2")) {
      assertEquals("out\nerr\n", text(container, LogQuery.all()));
      assertEquals("out\n", text(container, LogQuery.all().stdoutOnly()));
      assertEquals("err\n", text(container, LogQuery.all().stderrOnly()));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      try (LogStream stream = container.logs(LogQuery.all())) {
        stream.copyTo(out, err);
      }
      assertEquals("out\n", out.toString(StandardCharsets.UTF_8));
      assertEquals("err\n", err.toString(StandardCharsets.UTF_8));
    }
  }

  @Test
  void query_ofTheLastLines_countsLines() {
    try (Engine engine = store.open();
        Container container = ended(engine, "seq 1000; printf part")) {
      assertEquals("999\n1000\npart", text(container, LogQuery.all().tail(3)));
      assertEquals("part", text(container, LogQuery.all().tail(1)));
      assertEquals("", text(container, LogQuery.all().tail(0)));
      assertEquals(container.logs(), text(container, LogQuery.all().tail(1_000_000)));
    }
  }

  @Test
  void query_withTimestamps_hasOneInFrontOfEveryLine() {
    try (Engine engine = store.open();
        Container container =
            ended(engine, "printf one; sleep 0.2; echo ' more'; echo two; printf end")) {
      List<String> lines = text(container, LogQuery.all().timestamps()).lines().toList();
      assertEquals(3, lines.size(), lines.toString());
      for (String line : lines) {
        assertTrue(line.matches(TIME + ".*"), line);
      }
      assertTrue(lines.get(0).endsWith("Z one more"), lines.toString());
      assertTrue(lines.get(2).endsWith("Z end"), lines.toString());
    }
  }

  @Test
  void query_ofATime_leavesOutWhatWasBeforeAndAfter() {
    try (Engine engine = store.open();
        Container container = ended(engine, "echo a; sleep 0.3; echo b; sleep 0.3; echo c")) {
      List<String> lines = text(container, LogQuery.all().timestamps()).lines().toList();
      Instant second = Instant.parse(lines.get(1).split(" ")[0]);
      assertEquals("b\nc\n", text(container, LogQuery.all().since(second)));
      assertEquals("a\n", text(container, LogQuery.all().until(second)));
      assertEquals(
          "b\n", text(container, LogQuery.all().since(second).until(second.plusMillis(1))));
      assertEquals("c\n", text(container, LogQuery.all().since(second).tail(1)));
    }
  }

  @Test
  void follow_ofARunningContainer_endsWithIt() throws Exception {
    try (Engine engine = store.open();
        Container container =
            engine.run(sh("seq 5; until [ -e /go ]; do sleep 0.02; done; seq 6 10"));
        LogStream stream = container.logs(LogQuery.all().follow().tail(2))) {
      CompletableFuture<String> text = CompletableFuture.supplyAsync(stream::text);
      assertEquals(0, container.exec("touch", "/go").code());
      String all = text.get(60, TimeUnit.SECONDS);
      assertTrue(all.endsWith("5\n6\n7\n8\n9\n10\n") || all.equals("9\n10\n"), all);
    }
  }

  @Test
  void follow_untilATime_endsThenWithoutOutput() {
    try (Engine engine = store.open();
        Container container = engine.run(sh("echo early; sleep 600"));
        LogStream stream =
            container.logs(LogQuery.all().follow().until(Instant.now().plusSeconds(2)))) {
      assertEquals("early\n", stream.text());
      assertTrue(container.running());
    }
  }

  @Test
  void follow_closedOrInterrupted_ends() throws Exception {
    try (Engine engine = store.open();
        Container container = engine.run(sh("sleep 600"))) {
      LogStream stream = container.logs(LogQuery.all().follow());
      CompletableFuture<String> text = CompletableFuture.supplyAsync(stream::text);
      Thread.sleep(200);
      stream.close();
      assertEquals("", text.get(60, TimeUnit.SECONDS));
      try (LogStream other = container.logs(LogQuery.all().follow())) {
        Thread.currentThread().interrupt();
        assertThrows(InterruptedOperationException.class, other::next);
        assertTrue(Thread.interrupted());
      }
    }
  }

  @Test
  void logs_ofSeveralStarts_goOnAndStreamsBeginAnew() throws IOException {
    try (Engine engine = store.open();
        Container container = ended(engine, "echo started")) {
      container.start();
      assertEquals(0, container.awaitExit(LIMIT).code());
      assertEquals("started\nstarted\n", container.logs());
      assertEquals(
          "started\n", new String(container.stdout().readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void limit_ofTheLog_boundsTheDiskAndKeepsTheEnd() throws IOException {
    ContainerSpec spec = sh("seq 2000000").logs(new LogLimit(Size.mib(1), 3));
    try (Engine engine = store.open();
        Container container = engine.run(spec)) {
      assertEquals(0, container.awaitExit(LIMIT).code());
      long size = 0;
      Path own = store.root().resolve("containers").resolve(container.id().hex());
      try (Stream<Path> files = Files.list(own)) {
        for (Path file : files.filter(f -> f.getFileName().toString().startsWith("log")).toList()) {
          size += Files.size(file);
        }
      }
      assertTrue(size > 1 << 20 && size <= 3 << 20, "bytes kept: " + size);
      assertEquals("1999999\n2000000\n", text(container, LogQuery.all().tail(2)));
    }
  }

  @Test
  void reader_acrossFilesOfALimitedLog_losesNoLine() {
    // The container waits for the reader now and then, so that this one is never a whole log
    // behind.
    String script =
        "i=0; while [ $i -lt 40 ]; do seq $((i*5000)) $((i*5000+4999)); sleep 0.05; i=$((i+1)); done";
    ContainerSpec spec = sh(script).logs(new LogLimit(new Size(64 << 10), 20));
    try (Engine engine = store.open();
        Container container = engine.run(spec);
        LogStream stream = container.logs(LogQuery.all().follow())) {
      String[] lines = stream.text().split("\n");
      assertEquals(200_000, lines.length);
      for (int i = 0; i < lines.length; i++) {
        assertEquals(Integer.toString(i), lines[i]);
      }
      assertEquals(0, stream.missed());
    }
  }

  @Test
  void jvm_stopped_blocksNothingAndLosesNoLine() throws Exception {
    String script = "sleep 2; seq 1000000; touch /done; sleep 600";
    try (EngineJvm jvm = EngineJvm.running(store.root(), "sh", "-c", script)) {
      Path own = onlyContainer();
      jvm.signal("STOP");
      await(own.resolve("upper/done"));
      assertTrue(jvm.alive());
      jvm.signal("CONT");
      jvm.say("logs");
      jvm.expect("1000000 lines, the last one 1000000");
    }
    store.open().close(); // clears what the killed process left
  }

  private static Path onlyContainer() throws IOException {
    try (Stream<Path> all = Files.list(store.root().resolve("containers"))) {
      List<Path> found = all.toList();
      assertEquals(1, found.size(), found.toString());
      return found.get(0);
    }
  }

  private static void await(Path file) throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!Files.exists(file)) {
      assertFalse(System.nanoTime() > end, "no " + file);
      Thread.sleep(20);
    }
  }

  private static Container ended(Engine engine, String script) {
    Container container = engine.run(sh(script));
    assertEquals(0, container.awaitExit(LIMIT).code());
    return container;
  }

  private static String text(Container container, LogQuery query) {
    try (LogStream stream = container.logs(query)) {
      return stream.text();
    }
  }

  private static ContainerSpec sh(String script) {
    return Specs.busybox().command("sh", "-c", script);
  }
}
