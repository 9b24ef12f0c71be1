package io.jollyboat.linux.security;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happens to one system call.
 *
 * @param action a SECCOMP_RET_* value of linux/seccomp.h
 * @param conditions on arguments, which all must fit; none: always
 */
record SeccompRule(int action, List<Condition> conditions) {
  static final int KILL_PROCESS = 0x80000000;
  static final int KILL_THREAD = 0;
  static final int TRAP = 0x00030000;
  static final int TRACE = 0x7ff00000;
  static final int NOTIFY = 0x7fc00000;
  static final int LOG = 0x7ffc0000;
  static final int ALLOW = 0x7fff0000;
  private static final int ERRNO = 0x00050000;
  static final int EPERM = ERRNO | 1;
  static final int ENOSYS = ERRNO | 38;

  SeccompRule {
    conditions = List.copyOf(conditions);
  }

  static int errno(int number) {
    return ERRNO | number;
  }

  static SeccompRule always(int action) {
    return new SeccompRule(action, List.of());
  }

  boolean isPlain() {
    return conditions.isEmpty();
  }

  /** How an argument of 64 bits, unsigned, is compared. */
  enum Comparison {
    EQUAL("=="),
    NOT_EQUAL("!="),
    LESS("<"),
    LESS_OR_EQUAL("<="),
    GREATER(">"),
    GREATER_OR_EQUAL(">=");

    private final String sign;

    Comparison(String sign) {
      this.sign = sign;
    }

    static @Nullable Comparison ofSign(String sign) {
      for (Comparison comparison : values()) {
        if (comparison.sign.equals(sign)) {
          return comparison;
        }
      }
      return null;
    }
  }

  /**
   * {@code (argument & mask) comparison value}.
   *
   * @param argument 0 to 5
   */
  record Condition(int argument, long mask, Comparison comparison, long value) {}
}
