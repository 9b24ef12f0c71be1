package io.jollyboat.runtime;

import io.jollyboat.linux.launcher.OperationsBuilder;
import io.jollyboat.linux.launcher.ScheduleSteps;
import java.util.BitSet;
import java.util.List;

/**
 * From which nodes a container's memory comes (config-linux.md 1.3, Memory policy).
 *
 * @param mode of set_mempolicy(2), with its flags
 */
record MemoryPolicyConfig(int mode, BitSet nodes) {
  private static final List<String> MODES =
      List.of(
          "MPOL_DEFAULT",
          "MPOL_PREFERRED",
          "MPOL_BIND",
          "MPOL_INTERLEAVE",
          "MPOL_LOCAL",
          "MPOL_PREFERRED_MANY",
          "MPOL_WEIGHTED_INTERLEAVE");

  /** From the bit {@link #FIRST_FLAG} on. */
  private static final List<String> FLAGS =
      List.of("MPOL_F_NUMA_BALANCING", "MPOL_F_RELATIVE_NODES", "MPOL_F_STATIC_NODES");

  private static final int FIRST_FLAG = 13;
  private static final int MOST_NODES = 1024;

  MemoryPolicyConfig {
    nodes = (BitSet) nodes.clone();
  }

  @Override
  public BitSet nodes() {
    return (BitSet) nodes.clone();
  }

  static MemoryPolicyConfig of(Fields policy) {
    String name = policy.required("mode");
    int mode = MODES.indexOf(name);
    if (mode < 0) {
      throw policy.error("mode", "\"" + name + "\" is not a mode of set_mempolicy(2)");
    }
    for (String flag : policy.strings("flags")) {
      int bit = FLAGS.indexOf(flag);
      if (bit < 0) {
        throw policy.error("flags", "\"" + flag + "\" is not a flag of set_mempolicy(2)");
      }
      mode |= 1 << (FIRST_FLAG + bit);
    }
    return new MemoryPolicyConfig(mode, nodes(policy));
  }

  private static BitSet nodes(Fields policy) {
    BitSet nodes = new BitSet();
    String list = policy.text("nodes").orElse("");
    for (String range : list.isEmpty() ? new String[0] : list.split(",", -1)) {
      if (!range.matches("\\d{1,4}(-\\d{1,4})?")) {
        throw policy.error("nodes", "\"" + list + "\" is not a list of nodes");
      }
      String[] ends = range.split("-", 2);
      int first = Integer.parseInt(ends[0]);
      int last = Integer.parseInt(ends[ends.length - 1]);
      if (last < first || last >= MOST_NODES) {
        throw policy.error("nodes", "\"" + range + "\" is not a range of nodes");
      }
      nodes.set(first, last + 1);
    }
    return nodes;
  }

  void apply(OperationsBuilder operations) {
    new ScheduleSteps(operations).memoryPolicy(mode, nodes);
  }
}
