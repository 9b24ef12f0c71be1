package io.jollyboat.engine;

import io.jollyboat.linux.cgroup.ProcessorList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Gives a container that is limited in processor time as many processors as that is worth, those
 * which this engine has given away least: how many there are is asked of the scheduler, which only
 * knows where a process may run. Safe for use by several threads.
 */
final class Processors {
  /** Of a container that may run on all. */
  static final Choice NO_CHOICE = new Choice(new ProcessorList(List.of()), 0, false);

  private final ProcessorList all;
  private final boolean placing;
  private final Map<Integer, Double> given = new HashMap<>();
  private final int first;

  /**
   * @param placing whether a container can be kept to some; otherwise it only sees fewer
   */
  Processors(ProcessorList all, boolean placing) {
    this.all = all;
    this.placing = placing;
    this.first = all.size() == 0 ? 0 : ThreadLocalRandom.current().nextInt(all.size());
  }

  /** All that there are. */
  ProcessorList all() {
    return all;
  }

  /**
   * Some of them, until they are given back.
   *
   * @param time in processors; where it is worth all of them, no choice is made
   */
  synchronized Choice choose(double time) {
    int count = (int) Math.ceil(time);
    if (count >= all.size() || !placing) {
      return new Choice(all.first(count), 0, false);
    }
    List<Integer> free =
        all.numbers().stream()
            .sorted(
                Comparator.<Integer>comparingDouble(number -> given.getOrDefault(number, 0.0))
                    .thenComparing(number -> (number + all.size() - first) % all.size()))
            .limit(count)
            .toList();
    free.forEach(number -> given.merge(number, time / count, Double::sum));
    return new Choice(new ProcessorList(free), time / count, true);
  }

  /** What an earlier engine has chosen. */
  synchronized Choice take(ProcessorList chosen, double time) {
    if (chosen.size() == 0 || chosen.size() >= all.size()) {
      return new Choice(all.first((int) Math.ceil(time)), 0, false);
    }
    double share = time / chosen.size();
    chosen.numbers().forEach(number -> given.merge(number, share, Double::sum));
    return new Choice(chosen, share, true);
  }

  /** Holds a choice, and at last gives back what it holds then. */
  Lease lease(Choice choice) {
    return new Lease(choice);
  }

  synchronized void giveBack(Choice choice) {
    if (choice.chosen()) {
      choice.processors().numbers().forEach(n -> given.merge(n, -choice.share(), Double::sum));
    }
  }

  /** Safe for use by several threads. */
  final class Lease implements AutoCloseable {
    private Choice held;

    private Lease(Choice choice) {
      held = choice;
    }

    /** Gives back what it held. */
    synchronized void exchange(Choice next) {
      giveBack(held);
      held = next;
    }

    @Override
    public void close() {
      exchange(NO_CHOICE);
    }
  }

  /**
   * @param share of each that the container may use
   * @param chosen whether they are fewer than there are
   */
  record Choice(ProcessorList processors, double share, boolean chosen) {}
}
