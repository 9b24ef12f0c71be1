package io.jollyboat.benchmark;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;

/** Times several things in turn, so that all see the same machine. */
final class RoundRobin {
  private final Map<String, Callable<?>> things = new LinkedHashMap<>();
  private final Map<String, Callable<?>> preparations = new LinkedHashMap<>();
  private final Map<String, List<Double>> millis = new LinkedHashMap<>();

  private final Random random = new Random(1);

  void add(String name, Callable<?> thing) {
    add(name, () -> name, thing);
  }

  /**
   * @param preparation what is done before each time, and not timed
   */
  void add(String name, Callable<?> preparation, Callable<?> thing) {
    preparations.put(name, preparation);
    things.put(name, thing);
    millis.put(name, new ArrayList<>());
  }

  void run(int warmUp, int rounds) throws Exception {
    for (int round = -warmUp; round < rounds; round++) {
      // Another order each round: nothing always runs in the wake of the same neighbour.
      List<Map.Entry<String, Callable<?>>> order = new ArrayList<>(things.entrySet());
      Collections.shuffle(order, random);
      for (Map.Entry<String, Callable<?>> thing : order) {
        preparations.getOrDefault(thing.getKey(), () -> "").call();
        long start = System.nanoTime();
        thing.getValue().call();
        double took = (System.nanoTime() - start) / 1e6;
        if (round >= 0) {
          millis.computeIfAbsent(thing.getKey(), name -> new ArrayList<>()).add(took);
        }
      }
    }
  }

  double median(String name) {
    return quantile(name, 0.5);
  }

  private double quantile(String name, double q) {
    double[] sorted =
        millis.getOrDefault(name, List.of()).stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted.length == 0
        ? Double.NaN
        : sorted[Math.min(sorted.length - 1, (int) (q * sorted.length))];
  }

  /** A line each, with the ratio of the medians to {@code ours}. */
  void print(String title, String ours, PrintStream out) {
    out.printf(
        Locale.ROOT, "%n%-44s %9s %9s %9s   %s%n", title, "median ms", "p10", "p90", "ours / it");
    for (String name : things.keySet()) {
      out.printf(
          Locale.ROOT,
          "%-44s %9.2f %9.2f %9.2f   %s%n",
          name,
          median(name),
          quantile(name, 0.1),
          quantile(name, 0.9),
          name.equals(ours) ? "" : String.format(Locale.ROOT, "%.2f", median(ours) / median(name)));
    }
  }
}
