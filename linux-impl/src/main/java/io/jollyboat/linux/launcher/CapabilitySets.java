package io.jollyboat.linux.launcher;

/** The capability sets of a process, one bit per capability number (capabilities(7)). */
public record CapabilitySets(long effective, long permitted, long inheritable, long ambient) {

  /** None at all: what a user other than root gets. */
  public static CapabilitySets none() {
    return new CapabilitySets(0, 0, 0, 0);
  }

  /** Effective and permitted; nothing is inherited by programs that are executed later. */
  public static CapabilitySets of(long capabilities) {
    return new CapabilitySets(capabilities, capabilities, 0, 0);
  }
}
