package io.jollyboat.linux.security;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What happens to one system call.
 *
 * @param action a SECCOMP_RET_* value of linux/seccomp.h
 * @param condition on an argument; none: always
 */
record SeccompRule(int action, Optional<Condition> condition) {
  static final int KILL_PROCESS = 0x80000000;
  static final int ALLOW = 0x7fff0000;
  private static final int ERRNO = 0x00050000;
  static final int EPERM = ERRNO | 1;
  static final int ENOSYS = ERRNO | 38;

  static int errno(int number) {
    return ERRNO | number;
  }

  static SeccompRule always(int action) {
    return new SeccompRule(action, Optional.empty());
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
