package io.jollyboat.linux.cgroup;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Processors by their numbers, in order, each once; as text {@code 0-2,7} (cpuset(7), "List
 * format"). Immutable.
 */
public record ProcessorList(List<Integer> numbers) {
  private static final int MOST = 1 << 16;

  public ProcessorList {
    numbers = List.copyOf(new TreeSet<>(numbers));
  }

  /**
   * @throws IllegalArgumentException when the text is no such list
   */
  public static ProcessorList parse(String text) {
    List<Integer> numbers = new ArrayList<>();
    if (text.isBlank()) {
      return new ProcessorList(numbers);
    }
    for (String part : text.strip().split(",")) {
      if (!part.matches("\\d{1,5}(-\\d{1,5})?")) {
        throw new IllegalArgumentException("not a list of processors: \"" + text + "\"");
      }
      String[] ends = part.split("-");
      int last = Math.min(MOST, Integer.parseInt(ends[ends.length - 1]));
      for (int number = Integer.parseInt(ends[0]); number <= last; number++) {
        numbers.add(number);
      }
    }
    return new ProcessorList(numbers);
  }

  /** Those that are on. */
  static ProcessorList online() {
    return CgroupFiles.readIfPossible(Path.of("/sys/devices/system/cpu/online"))
        .map(ProcessorList::parse)
        .orElse(new ProcessorList(List.of()));
  }

  /** A bit for each. */
  public BitSet bits() {
    BitSet bits = new BitSet();
    numbers.forEach(bits::set);
    return bits;
  }

  public int size() {
    return numbers.size();
  }

  /** Those that are in both. */
  public ProcessorList within(ProcessorList others) {
    return new ProcessorList(numbers.stream().filter(others.numbers::contains).toList());
  }

  /** The first ones. */
  public ProcessorList first(int count) {
    return new ProcessorList(numbers.subList(0, Math.min(count, numbers.size())));
  }

  @Override
  public String toString() {
    List<List<Integer>> runs = new ArrayList<>();
    for (int number : numbers) {
      List<Integer> last = runs.isEmpty() ? List.of() : runs.get(runs.size() - 1);
      if (!last.isEmpty() && last.get(last.size() - 1) == number - 1) {
        last.add(number);
      } else {
        runs.add(new ArrayList<>(List.of(number)));
      }
    }
    return runs.stream()
        .map(run -> run.size() == 1 ? "" + run.get(0) : run.get(0) + "-" + run.get(run.size() - 1))
        .collect(Collectors.joining(","));
  }
}
