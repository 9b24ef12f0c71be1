package io.jollyboat.linux.security;

import java.util.HashMap;
import java.util.Map;

/**
 * Numbers of system calls by name and architecture, from a table made of kernel headers. Immutable.
 */
final class SyscallTable {
  private static final int NONE = -1;
  private final Map<String, int[]> numbers = new HashMap<>();

  /** The table that is part of this module. */
  static SyscallTable load() {
    SyscallTable table = new SyscallTable();
    for (String line : SecurityResource.lines("syscalls.txt")) {
      table.add(line);
    }
    return table;
  }

  private void add(String line) {
    String[] words = line.split(" ");
    int[] row = new int[words.length - 1];
    for (int i = 0; i < row.length; i++) {
      row[i] = words[i + 1].equals("-") ? NONE : Integer.parseInt(words[i + 1]);
    }
    numbers.put(words[0], row);
  }

  boolean knows(String name) {
    return numbers.containsKey(name);
  }

  /** The number as seccomp_data.nr holds it, or -1 where the architecture lacks the call. */
  int number(String name, SeccompArchitecture architecture) {
    int[] row = numbers.get(name);
    if (row == null || row[architecture.column] == NONE) {
      return NONE;
    }
    return row[architecture.column] | architecture.numberBit;
  }
}
