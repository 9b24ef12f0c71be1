package io.jollyboat.it;

import io.jollyboat.Container;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel's own files about a container's limits, as the container sees them. */
final class Resource {
  /** Whether this machine has the unified hierarchy only. */
  static final boolean V2 = Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers"));

  private Resource() {}

  /** What a file of v1, named with its controller's directory, or one of v2 says. */
  static String read(Container container, String v1, String v2) {
    return container.exec("cat", "/sys/fs/cgroup/" + (V2 ? v2 : v1)).out().strip();
  }
}
