package io.jollyboat.test;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs those tests of some classes that are tagged {@link EveryKernel}, or by {@code -Dtest.tag},
 * and says what happens as it happens: what Maven does elsewhere, where starting Maven would take
 * longer than the tests. {@code TestRun CLASS...}, or {@code CLASS#METHOD}, whatever its tag. Ends
 * with 0 when there were tests and all of them passed; a skipped or aborted one has not.
 */
final class TestRun implements TestExecutionListener {
  private static final Duration SLOW = Duration.ofSeconds(100);

  /** So long no test began or ended: none will any more. The slowest takes a fifth of it. */
  private static final Duration HANGS = Duration.ofMinutes(5);

  private final PrintStream out;
  private final Map<TestIdentifier, Long> started = new HashMap<>();
  private long changed = System.nanoTime();
  private int run;
  private int failed;
  private int skipped;

  private TestRun(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] words) {
    TestRun run = new TestRun(System.out);
    run.watch(Thread.currentThread());
    LauncherFactory.create().execute(request(List.of(words)), run);
    System.exit(run.sum() ? 0 : 1);
  }

  private boolean sum() {
    out.printf("Tests run: %d, Failures: %d, Skipped: %d%n", run, failed, skipped);
    return run > 0 && failed == 0 && skipped == 0;
  }

  /** A test that is slow says where it is, and one that hangs ends the run with all threads. */
  private void watch(Thread tests) {
    Thread watch =
        new Thread(
            () -> {
              while (sleepALittle()) {
                sayWhatIsSlow(tests);
                endIfNothingGoesOn();
              }
            },
            "slow tests");
    watch.setDaemon(true);
    watch.start();
  }

  private static boolean sleepALittle() {
    try {
      Thread.sleep(SLOW.toMillis());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private synchronized void sayWhatIsSlow(Thread tests) {
    long now = System.nanoTime();
    started.forEach(
        (test, start) -> {
          if (test.isTest() && now - start > SLOW.toNanos()) {
            say("running", test, "");
            print(tests, tests.getStackTrace());
          }
        });
  }

  private synchronized void endIfNothingGoesOn() {
    if (System.nanoTime() - changed < HANGS.toNanos()) {
      return;
    }
    started.keySet().forEach(test -> say("HANGS", test, ""));
    Thread.getAllStackTraces().forEach(this::print);
    run++;
    failed++;
    boolean unused = sum();
    out.flush();
    Runtime.getRuntime().halt(1); // an orderly end would wait for what hangs
  }

  private void print(Thread thread, StackTraceElement[] frames) {
    out.println(thread.getName() + ", " + thread.getState());
    for (StackTraceElement frame : frames) {
      out.println("\tat " + frame);
    }
  }

  private static LauncherDiscoveryRequest request(List<String> words) {
    LauncherDiscoveryRequestBuilder request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(words.stream().map(TestRun::selector).toList())
            .filters(EngineFilter.includeEngines("junit-jupiter"));
    if (words.stream().noneMatch(word -> word.contains("#"))) {
      request.filters(TagFilter.includeTags(System.getProperty("test.tag", EveryKernel.TAG)));
      if (kernelIsBefore(5, 19)) {
        request.filters(TagFilter.excludeTags(EveryKernel.SINCE_5_19));
      }
    }
    return request.build();
  }

  private static boolean kernelIsBefore(int major, int minor) {
    String[] parts = System.getProperty("os.version").split("[^0-9]+", 3);
    int ownMajor = Integer.parseInt(parts[0]);
    return ownMajor < major || (ownMajor == major && Integer.parseInt(parts[1]) < minor);
  }

  private static DiscoverySelector selector(String word) {
    return word.contains("#") ? selectMethod(word) : selectClass(word);
  }

  @Override
  public synchronized void executionStarted(TestIdentifier test) {
    changed = System.nanoTime();
    started.put(test, changed);
  }

  @Override
  public synchronized void executionSkipped(TestIdentifier test, String reason) {
    skipped++;
    say("SKIPPED", test, reason);
  }

  @Override
  public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
    count(test, result);
    started.remove(test);
    changed = System.nanoTime();
  }

  private void count(TestIdentifier test, TestExecutionResult result) {
    switch (result.getStatus()) {
      case SUCCESSFUL -> {
        if (test.isTest()) {
          run++;
          say("ok", test, "");
        }
      }
      case ABORTED -> {
        skipped++;
        say("ABORTED", test, result.toString());
      }
      case FAILED -> {
        run++;
        failed++;
        say("FAILED", test, "");
        result.getThrowable().ifPresent(error -> error.printStackTrace(out));
      }
    }
  }

  private void say(String what, TestIdentifier test, String reason) {
    long start = started.getOrDefault(test, System.nanoTime());
    out.printf(
        "%-8s %6.1f s  %s %s%n",
        what, Duration.ofNanos(System.nanoTime() - start).toMillis() / 1e3, name(test), reason);
  }

  /** Class and method, and which of several turns of it. */
  private static String name(TestIdentifier test) {
    return test.getUniqueIdObject().getSegments().stream()
        .skip(1)
        .map(segment -> segment.getValue().replaceAll("\\(.*", "").replaceAll(".*\\.", ""))
        .reduce((left, right) -> left + "." + right)
        .orElse(test.getDisplayName());
  }
}
