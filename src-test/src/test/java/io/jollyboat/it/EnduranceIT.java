package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Container;
import io.jollyboat.Engine;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Many starts one after the other, and many containers at once, without a leak. The full measures
 * are {@code -Dendurance.starts=10000} and {@code -Dendurance.containers=500}; what is asserted is
 * the same for fewer.
 */
@IntegrationTest
class EnduranceIT {
  private static final int STARTS = Integer.getInteger("endurance.starts", 300);
  private static final int AT_ONCE = Integer.getInteger("endurance.containers", 100);
  private static final int WARM_UP = 100;
  private static final int THREADS = 8;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /**
   * What a start may keep on the heap or beside it, and what caches may have grown by meanwhile.
   */
  private static final long BYTES_A_START = 1024;

  private static final long CACHES = 48 << 20;

  private static TestStore store;

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  /**
   * What this process holds; {@code resident} is without the heap, all of which is used once
   * before, so that pages of it that are used for the first time do not count.
   */
  private record Held(long descriptors, long threads, long children, long heap, long resident) {
    static Held now() throws IOException {
      int unused = useWholeHeap();
      System.gc();
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      return new Held(
          entries("/proc/self/fd"),
          entries("/proc/self/task"),
          ProcessHandle.current().descendants().count(),
          runtime.totalMemory() - runtime.freeMemory(),
          residentNow() - runtime.totalMemory());
    }

    private static int useWholeHeap() {
      long block = 64 << 10;
      List<byte[]> blocks = new ArrayList<>();
      for (long free = Runtime.getRuntime().freeMemory(); free > 64 * block; free -= block) {
        blocks.add(new byte[(int) block]); // by what was free before: a heap grows when it is full
      }
      return blocks.size();
    }

    private static long entries(String directory) throws IOException {
      try (Stream<Path> entries = Files.list(Path.of(directory))) {
        return entries.count();
      }
    }

    private static long residentNow() throws IOException {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .sum();
    }
  }

  @Test
  void starts_oneAfterTheOther_leakNothing() throws Exception {
    try (Engine engine = store.open()) {
      start(engine, WARM_UP);
      Held before = Held.now();
      start(engine, STARTS);
      Held after = Held.now();
      String what = STARTS + " starts: " + before + " became " + after;
      assertTrue(after.descriptors() <= before.descriptors() + 2, what);
      assertTrue(after.threads() <= before.threads() + 4, what);
      assertEquals(before.children(), after.children(), what);
      assertTrue(after.heap() <= before.heap() + BYTES_A_START * STARTS + CACHES / 4, what);
      assertTrue(after.resident() <= before.resident() + BYTES_A_START * STARTS + CACHES, what);
      assertEquals(List.of(), engine.containers().list());
    }
  }

  private static void start(Engine engine, int times) throws Exception {
    List<Callable<Integer>> starts = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      int code = i % 100;
      starts.add(() -> exit(engine, code) - code);
    }
    for (int difference : inParallel(starts)) {
      assertEquals(0, difference);
    }
  }

  private static int exit(Engine engine, int code) {
    try (Container container = engine.run(Specs.busybox().command("sh", "-c", "exit " + code))) {
      return container.awaitExit(LIMIT).code();
    }
  }

  @Test
  void containers_manyAtOnce_allRunAnswerAndStop() throws Exception {
    try (Engine engine = store.open()) {
      List<Container> containers =
          inParallel(Stream.generate(() -> sleeper(engine)).limit(AT_ONCE).toList());
      assertEquals(AT_ONCE, engine.containers().list().size());
      List<Callable<String>> questions = new ArrayList<>();
      containers.forEach(
          container -> questions.add(() -> container.exec("hostname").out().strip()));
      List<String> answers = inParallel(questions);
      for (int i = 0; i < AT_ONCE; i++) {
        assertEquals(containers.get(i).id().hex().substring(0, 12), answers.get(i));
      }
      List<Callable<Integer>> ends = new ArrayList<>();
      containers.forEach(container -> ends.add(() -> container.stop(LIMIT).code()));
      assertEquals(AT_ONCE, inParallel(ends).stream().filter(code -> code == 143).count());
      containers.forEach(Container::close);
    }
  }

  /** A shell that ends at a polite request, which a first process has to ask for. */
  private static Callable<Container> sleeper(Engine engine) {
    String script = "trap 'exit 143' TERM; sleep 3600 & wait";
    return () -> engine.run(Specs.busybox().command("sh", "-c", script));
  }

  private static <T> List<T> inParallel(List<Callable<T>> tasks)
      throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> future : threads.invokeAll(tasks)) {
        results.add(future.get());
      }
      return results;
    } finally {
      threads.shutdown();
      assertTrue(threads.awaitTermination(1, TimeUnit.MINUTES));
    }
  }
}
