package io.jollyboat.engine;

import io.jollyboat.Probe;
import io.jollyboat.Probe.Capability;
import io.jollyboat.Probe.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Collects what a probe finds. Not safe for use by several threads. */
final class Findings {
  private final List<Capability> capabilities = new ArrayList<>();

  void available(String name) {
    capabilities.add(new Capability(name, Status.AVAILABLE, "", ""));
  }

  void degraded(String name, String reason, String remedy) {
    capabilities.add(new Capability(name, Status.DEGRADED, reason, remedy));
  }

  void missing(String name, String reason, String remedy) {
    capabilities.add(new Capability(name, Status.MISSING, reason, remedy));
  }

  /** Available if so, otherwise degraded. */
  void either(boolean available, String name, String reason, String remedy) {
    if (available) {
      available(name);
    } else {
      degraded(name, reason, remedy);
    }
  }

  Probe probe() {
    return new Probe(capabilities);
  }

  /** The content of a small file below /proc or /sys; empty when it cannot be read. */
  static String text(String file) {
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException e) {
      return ""; // not there, or not for us
    }
  }
}
