package io.jollyboat.linux.security;

import io.jollyboat.linux.security.SeccompRule.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * From rules to a classic BPF program (seccomp(2), SECCOMP_SET_MODE_FILTER).
 *
 * <p>Per architecture the call numbers become intervals of equal outcome, found by a balanced
 * search: about ten instructions run per call where a list would run hundreds. A foreign
 * architecture kills the process.
 */
final class SeccompCompiler {
  // Offsets in struct seccomp_data.
  private static final int NUMBER = 0;
  private static final int ARCHITECTURE = 4;
  private static final int ARGUMENTS = 16;

  private final SyscallTable table;
  private final SeccompRules rules;

  SeccompCompiler(SyscallTable table, SeccompRules rules) {
    this.table = table;
    this.rules = rules;
  }

  /**
   * @param architectures those that the process may use; of two that share an audit number the one
   *     with a number bit comes second
   * @throws IllegalArgumentException if the program is longer than the kernel takes
   */
  byte[] compile(List<SeccompArchitecture> architectures) {
    BpfAssembler out = new BpfAssembler();
    int next = out.returning(SeccompRule.KILL_PROCESS);
    for (int i = architectures.size() - 1; i >= 0; i--) {
      SeccompArchitecture architecture = architectures.get(i);
      if (architecture.numberBit != 0) {
        continue; // written with the one that it shares its audit number with
      }
      out.next(withNumberBit(out, architecture, architectures));
      int start = out.load(NUMBER);
      next = out.jump(BpfAssembler.JUMP_EQUAL, architecture.audit, start, next);
    }
    out.load(ARCHITECTURE);
    return out.program();
  }

  /**
   * X86_64 and X32 differ by a bit of the number. Where X32 is not wanted its numbers are foreign,
   * or they would go around every rule; -1 is what a tracer sets to have a call left out.
   */
  private int withNumberBit(
      BpfAssembler out, SeccompArchitecture own, List<SeccompArchitecture> wanted) {
    int start = search(out, own);
    for (SeccompArchitecture other : SeccompArchitecture.values()) {
      if (other.numberBit != 0 && other.audit == own.audit) {
        int bitSet =
            wanted.contains(other)
                ? search(out, other)
                : out.jump(
                    BpfAssembler.JUMP_EQUAL, -1, start, out.returning(SeccompRule.KILL_PROCESS));
        start = out.jump(BpfAssembler.JUMP_GREATER_OR_EQUAL, other.numberBit, bitSet, start);
      }
    }
    return start;
  }

  /** From {@code first} to the next interval's first, the calls share an outcome. */
  private record Interval(int first, List<SeccompRule> rules) {
    boolean isPlain() {
      return rules.get(0).isPlain();
    }
  }

  private int search(BpfAssembler out, SeccompArchitecture architecture) {
    List<Interval> intervals = intervals(architecture);
    int[] places = new int[intervals.size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = intervals.get(i).isPlain() ? -1 : chain(out, intervals.get(i));
    }
    return tree(out, intervals, places, 0, places.length - 1);
  }

  /** A balanced tree of "at least" comparisons over {@code intervals[low..high]}. */
  private static int tree(
      BpfAssembler out, List<Interval> intervals, int[] places, int low, int high) {
    if (low == high) {
      return places[low] >= 0
          ? places[low]
          : out.returning(intervals.get(low).rules().get(0).action());
    }
    int middle = (low + high + 1) / 2;
    int above = tree(out, intervals, places, middle, high);
    int below = tree(out, intervals, places, low, middle - 1);
    return out.jump(
        BpfAssembler.JUMP_GREATER_OR_EQUAL, intervals.get(middle).first(), above, below);
  }

  private List<Interval> intervals(SeccompArchitecture architecture) {
    TreeMap<Integer, List<SeccompRule>> byNumber = new TreeMap<>();
    rules
        .byName()
        .forEach(
            (name, list) -> {
              int number = table.number(name, architecture);
              if (number >= 0) {
                byNumber.put(number, list);
              }
            });
    List<SeccompRule> refused = List.of(SeccompRule.always(rules.otherwise()));
    List<SeccompRule> unknown = List.of(SeccompRule.always(rules.unknown()));
    int newest = newest(architecture);
    List<Interval> intervals = new ArrayList<>();
    int next = architecture.numberBit;
    for (Map.Entry<Integer, List<SeccompRule>> entry : byNumber.entrySet()) {
      if (next <= newest && entry.getKey() > next) {
        append(intervals, next, refused);
        next = Math.min(entry.getKey(), newest + 1);
      }
      if (entry.getKey() > next) {
        append(intervals, next, unknown);
      }
      append(intervals, entry.getKey(), entry.getValue());
      next = entry.getKey() + 1;
    }
    if (next <= newest) {
      append(intervals, next, refused);
      next = newest + 1;
    }
    append(intervals, next, unknown);
    return intervals;
  }

  /** The newest call that is named, whether it counts for this container or not. */
  private int newest(SeccompArchitecture architecture) {
    int newest = 0;
    for (String name : rules.named()) {
      int number = table.number(name, architecture);
      if ((number & ~architecture.numberBit) < architecture.ownNumbers) {
        newest = Math.max(newest, number);
      }
    }
    return newest;
  }

  private static void append(List<Interval> intervals, int first, List<SeccompRule> rules) {
    if (intervals.isEmpty() || !intervals.get(intervals.size() - 1).rules().equals(rules)) {
      intervals.add(new Interval(first, rules));
    }
  }

  /** Tries the rules in order; the first that fits decides. */
  private int chain(BpfAssembler out, Interval interval) {
    int next = out.returning(rules.otherwise());
    for (int i = interval.rules().size() - 1; i >= 0; i--) {
      SeccompRule rule = interval.rules().get(i);
      int fits = out.returning(rule.action());
      List<Condition> conditions = rule.conditions();
      for (int c = conditions.size() - 1; c >= 0; c--) {
        fits = compare(out, conditions.get(c), fits, next);
      }
      next = fits;
    }
    return next;
  }

  /**
   * An argument has 64 bits, BPF's register 32: the high half is compared first, so written last.
   */
  private static int compare(BpfAssembler out, Condition condition, int fits, int fails) {
    return switch (condition.comparison()) {
      case EQUAL -> equal(out, condition, fits, fails);
      case NOT_EQUAL -> equal(out, condition, fails, fits);
      case GREATER -> ordered(out, condition, BpfAssembler.JUMP_GREATER, fits, fails);
      case GREATER_OR_EQUAL ->
          ordered(out, condition, BpfAssembler.JUMP_GREATER_OR_EQUAL, fits, fails);
      case LESS -> ordered(out, condition, BpfAssembler.JUMP_GREATER_OR_EQUAL, fails, fits);
      case LESS_OR_EQUAL -> ordered(out, condition, BpfAssembler.JUMP_GREATER, fails, fits);
    };
  }

  private static int equal(BpfAssembler out, Condition condition, int fits, int fails) {
    out.jump(BpfAssembler.JUMP_EQUAL, (int) condition.value(), fits, fails);
    int low = loadLow(out, condition);
    if (condition.mask() >>> 32 == 0 && condition.value() >>> 32 == 0) {
      return low;
    }
    out.jump(BpfAssembler.JUMP_EQUAL, (int) (condition.value() >>> 32), low, fails);
    return loadHigh(out, condition);
  }

  private static int ordered(
      BpfAssembler out, Condition condition, int comparison, int fits, int fails) {
    out.jump(comparison, (int) condition.value(), fits, fails);
    int low = loadLow(out, condition);
    int high = (int) (condition.value() >>> 32);
    int same = out.jump(BpfAssembler.JUMP_EQUAL, high, low, fails);
    out.jump(BpfAssembler.JUMP_GREATER, high, fits, same);
    return loadHigh(out, condition);
  }

  private static int loadLow(BpfAssembler out, Condition condition) {
    return loadHalf(out, ARGUMENTS + 8 * condition.argument(), (int) condition.mask());
  }

  private static int loadHigh(BpfAssembler out, Condition condition) {
    return loadHalf(out, ARGUMENTS + 8 * condition.argument() + 4, (int) (condition.mask() >>> 32));
  }

  private static int loadHalf(BpfAssembler out, int offset, int mask) {
    if (mask != -1) {
      out.and(mask);
    }
    return out.load(offset);
  }
}
