package io.jollyboat.benchmark;

import io.jollyboat.Container;
import io.jollyboat.Engine;
import io.jollyboat.ImageId;
import io.jollyboat.LogQuery;
import io.jollyboat.LogStream;
import io.jollyboat.Mount;
import io.jollyboat.NetworkMode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Many at once and much at once: starts a second by eight threads, what a running container keeps
 * in memory, a hundred stopped together, and how fast output is kept and read.
 */
final class LoadBenchmark {
  private static final int THREADS = 8;
  private static final int STARTS = 1000;
  private static final int CONTAINERS = 100;
  private static final int LOG_ROUNDS = 5;
  private static final int LINE = 100;
  private static final int LINES = 2_500_000;

  /** Date, time with nanoseconds, and a blank. */
  private static final long STAMP = "2026-01-01T00:00:00.000000000Z ".length();

  private final Engine engine;
  private final ImageId image;
  private final Peers peers;
  private final Path scratch;
  private final PrintStream out;

  LoadBenchmark(Engine engine, ImageId image, Peers peers, Path scratch, PrintStream out) {
    this.engine = engine;
    this.image = image;
    this.peers = peers;
    this.scratch = scratch;
    this.out = out;
  }

  void run() throws Exception {
    startsASecond();
    crowd();
    logs();
  }

  private void startsASecond() throws Exception {
    double ours = rate(this::start);
    double bwrap = rate(() -> Peers.run(peers.bwrap()));
    say(
        "%nstarts to exit a second, %d threads: %.0f, bwrap %.0f, ours / it %.2f",
        THREADS, ours, bwrap, ours / bwrap);
  }

  private int start() {
    try (Container container =
        engine.run(StartBenchmark.limited(image).network(NetworkMode.NONE))) {
      return container.awaitExit().code();
    }
  }

  private static double rate(Callable<Integer> start) throws Exception {
    List<Integer> warm = together(THREADS, copies(STARTS / 5, start));
    long begun = System.nanoTime();
    List<Integer> codes = together(THREADS, copies(STARTS, start));
    double seconds = (System.nanoTime() - begun) / 1e9;
    if (!codes.stream().allMatch(code -> code == 0) || warm.isEmpty()) {
      throw new IllegalStateException("not every start succeeded: " + codes);
    }
    return STARTS / seconds;
  }

  private void crowd() throws Exception {
    String script = "trap 'exit 0' TERM; while :; do /bin/busybox sleep 3600 & wait; done";
    List<Container> containers =
        together(
            THREADS,
            copies(
                CONTAINERS,
                () -> engine.run(StartBenchmark.sleeper(image).command("/bin/sh", "-c", script))));
    double all = 0;
    double share = 0;
    for (Container container : containers) {
      long monitor = monitor(container);
      all += kilobytes(monitor, "Rss:");
      share += kilobytes(monitor, "Pss:");
    }
    say(
        "resident beside a running container's own processes: %.0f KB, its share of pages that all"
            + " use counted; %.0f KB with all of these",
        share / CONTAINERS, all / CONTAINERS);
    long begun = System.nanoTime();
    List<Integer> codes =
        together(
            CONTAINERS,
            containers.stream()
                .<Callable<Integer>>map(container -> () -> container.stop().code())
                .toList());
    say(
        "stop of %d containers at once: %.0f ms, %d of them within their grace",
        CONTAINERS,
        (System.nanoTime() - begun) / 1e6,
        codes.stream().filter(code -> code == 0).count());
    containers.forEach(Container::close);
  }

  private static long monitor(Container container) {
    return ProcessHandle.of(container.state().pid().orElseThrow())
        .flatMap(ProcessHandle::parent)
        .orElseThrow()
        .pid();
  }

  private static long kilobytes(long process, String field) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + process + "/smaps_rollup")).stream()
        .filter(line -> line.startsWith(field))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }

  private void logs() throws Exception {
    Path directory = Files.createDirectory(scratch.resolve("lines"));
    write(directory.resolve("text"));
    double kept = 0;
    double read = 0;
    double stamped = 0;
    for (int round = 0; round < LOG_ROUNDS; round++) {
      long begun = System.nanoTime();
      try (Container container =
          engine.run(
              StartBenchmark.sleeper(image)
                  .mount(Mount.readOnly(directory, "/lines"))
                  .command("/bin/cat", "/lines/text"))) {
        int code = container.awaitExit(Duration.ofMinutes(5)).code();
        kept = Math.max(kept, code == 0 ? megabytesASecond(begun) : 0);
        read = Math.max(read, reading(container, LogQuery.all(), 0));
        stamped = Math.max(stamped, reading(container, LogQuery.all().timestamps(), STAMP * LINES));
      }
    }
    say(
        "output of %d MB in lines of %d bytes, best of %d: kept %.0f MB/s, read %.0f MB/s,"
            + " with a time in front of each line %.0f MB/s",
        Math.round(LINE * (LINES / 1e6)), LINE, LOG_ROUNDS, kept, read, stamped);
  }

  private static void write(Path lines) throws IOException {
    String many = ("x".repeat(LINE - 1) + "\n").repeat(1000);
    byte[] block = many.getBytes(StandardCharsets.US_ASCII);
    try (OutputStream file = Files.newOutputStream(lines)) {
      for (int i = 0; i < LINES / 1000; i++) {
        file.write(block);
      }
    }
  }

  private static double reading(Container container, LogQuery query, long more) throws IOException {
    long begun = System.nanoTime();
    Count count = new Count();
    try (LogStream stream = container.logs(query)) {
      stream.copyTo(count, count);
    }
    if (count.bytes != (long) LINE * LINES + more) {
      throw new IllegalStateException("bytes lost: " + count.bytes + " were read");
    }
    return megabytesASecond(begun);
  }

  private static double megabytesASecond(long begun) {
    return LINE * (LINES / 1e6) / ((System.nanoTime() - begun) / 1e9);
  }

  private static final class Count extends OutputStream {
    private long bytes;

    @Override
    public void write(int one) {
      bytes++;
    }

    @Override
    public void write(byte[] many, int from, int length) {
      bytes += length;
    }
  }

  private static <T> List<Callable<T>> copies(int times, Callable<T> task) {
    return Collections.nCopies(times, task);
  }

  private static <T> List<T> together(int threads, List<Callable<T>> tasks) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> future : pool.invokeAll(tasks)) {
        results.add(future.get());
      }
      return results;
    } finally {
      pool.shutdown();
    }
  }

  private void say(String format, Object... values) {
    out.printf(Locale.ROOT, format + "%n", values);
  }
}
