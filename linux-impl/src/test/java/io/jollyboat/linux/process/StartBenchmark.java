package io.jollyboat.linux.process;

import io.jollyboat.linux.launcher.BusyboxRoot;
import io.jollyboat.linux.launcher.Namespace;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * Start to exit of {@code /bin/true}, ours and bubblewrap's from the same JVM, in turns so that
 * both see the same machine. Run by hand, as root: {@code StartBenchmark [rounds]}.
 */
final class StartBenchmark {

  private static final Set<Namespace> ALL =
      EnumSet.of(Namespace.MOUNT, Namespace.PID, Namespace.UTS, Namespace.IPC, Namespace.NETWORK);

  private StartBenchmark() {}

  /** Prints the medians of {@code arguments[0]} rounds, after as many to warm up. */
  public static void main(String[] arguments) throws Exception {
    int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200;
    Path directory = Files.createTempDirectory("jollyboat-bench");
    BusyboxRoot root = BusyboxRoot.in(directory);
    try (Processes processes = Processes.open(directory)) {
      MonitoredProcess target = processes.start(request(directory, root, "sleep", "1000"));
      List<Callable<Integer>> contenders =
          List.of(
              () -> run(processes, request(directory, root, "/bin/true")),
              () -> bubblewrap(root),
              () -> exec(processes, target));
      measure(contenders, rounds);
      long[][] times = measure(contenders, rounds);
      print(System.out, "start", times[0]);
      print(System.out, "bwrap", times[1]);
      print(System.out, "exec", times[2]);
      target.close();
    }
  }

  private static long[][] measure(List<Callable<Integer>> contenders, int rounds) throws Exception {
    long[][] times = new long[contenders.size()][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < contenders.size(); i++) {
        long start = System.nanoTime();
        int code = contenders.get(i).call();
        times[i][round] = System.nanoTime() - start;
        if (code != 0) {
          throw new IllegalStateException("contender " + i + " ended with " + code);
        }
      }
    }
    return times;
  }

  private static int run(Processes processes, ProcessRequest request) throws Exception {
    try (MonitoredProcess process = processes.start(request)) {
      return process.onExit().get().code();
    }
  }

  private static int exec(Processes processes, MonitoredProcess target) {
    ExecRequest request =
        new ExecRequest(
            target.descriptor(),
            operations -> BusyboxRoot.confined(operations.workingDirectory("/"), "/bin/true"));
    return processes.exec(request).code();
  }

  private static int bubblewrap(BusyboxRoot root) throws Exception {
    return new ProcessBuilder(
            "bwrap",
            "--unshare-all",
            "--bind",
            root.layer().toString(),
            "/",
            "--proc",
            "/proc",
            "--dev",
            "/dev",
            "/bin/true")
        .start()
        .waitFor();
  }

  private static ProcessRequest request(Path directory, BusyboxRoot root, String... words) {
    return new ProcessRequest(root.running(words), directory.resolve("log"))
        .namespaces(ALL)
        .state(directory);
  }

  private static void print(PrintStream out, String name, long[] times) {
    long[] sorted = times.clone();
    Arrays.sort(sorted);
    double median = sorted[sorted.length / 2] / 1e6;
    double tenth = sorted[sorted.length / 10] / 1e6;
    out.printf("%-6s median %.2f ms, fastest tenth %.2f ms%n", name, median, tenth);
  }
}
