package io.jollyboat;

import java.util.List;

/** What this machine allows an engine to do. Immutable. */
public record Probe(List<Capability> capabilities) {
  public Probe {
    capabilities = List.copyOf(capabilities);
  }

  /**
   * One thing that an engine may need.
   *
   * @param reason why it is not available; empty when it is
   * @param remedy what a person can do about it; empty when nothing needs doing
   */
  public record Capability(String name, Status status, String reason, String remedy) {}

  /** How far a capability is there. */
  public enum Status {
    AVAILABLE,
    DEGRADED,
    MISSING
  }

  /** Those that are not fully available, one a line, with reason and remedy. */
  public String problems() {
    StringBuilder text = new StringBuilder();
    for (Capability capability : capabilities) {
      if (capability.status() != Status.AVAILABLE) {
        text.append(capability.name()).append(": ").append(capability.reason());
        if (!capability.remedy().isEmpty()) {
          text.append("; ").append(capability.remedy());
        }
        text.append('\n');
      }
    }
    return text.toString().stripTrailing();
  }
}
