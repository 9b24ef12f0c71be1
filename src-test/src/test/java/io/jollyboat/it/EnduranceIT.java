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
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.ObjectName;
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
   * What this process holds; {@code resident} is without the heap, of which more is used for the
   * first time at any moment, and given back at another.
   */
  private record Held(long descriptors, long threads, long children, long heap, long resident) {
    private static final Pattern ADDRESS = Pattern.compile("0x([0-9a-f]+)");
    private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) .*");

    static Held now() throws Exception {
      System.gc();
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      return new Held(
          entries("/proc/self/fd"),
          entries("/proc/self/task"),
          ProcessHandle.current().descendants().count(),
          runtime.totalMemory() - runtime.freeMemory(),
          residentBesideHeap());
    }

    private static long entries(String directory) throws IOException {
      try (Stream<Path> entries = Files.list(Path.of(directory))) {
        return entries.count();
      }
    }

    private static long residentBesideHeap() throws Exception {
      LongSummaryStatistics heap =
          ADDRESS
              .matcher(heapInfo())
              .results()
              .mapToLong(result -> address(result, 1))
              .summaryStatistics();
      assertTrue(heap.getCount() >= 2, "no addresses of the heap");
      long kilobytes = 0;
      boolean counted = false;
      for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
        Matcher mapping = MAPPING.matcher(line);
        if (mapping.matches()) {
          counted = !isWithin(mapping, heap);
        } else if (counted && line.startsWith("Rss:")) {
          kilobytes += Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
      return 1024 * kilobytes;
    }

    private static boolean isWithin(Matcher mapping, LongSummaryStatistics heap) {
      return address(mapping, 1) >= heap.getMin() && address(mapping, 2) <= heap.getMax();
    }

    private static long address(MatchResult range, int group) {
      return Long.parseUnsignedLong(range.group(group), 16);
    }

    /** What {@code jcmd GC.heap_info} prints: the addresses that are reserved are in it. */
    private static String heapInfo() throws Exception {
      return (String)
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "gcHeapInfo",
                  new Object[] {new String[0]},
                  new String[] {String[].class.getName()});
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
