package io.jollyboat.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Aborts the tests of a class where they do not run as root on Linux; see {@link Requirement}. */
final class RequiresRoot implements BeforeAllCallback {
  @Override
  public void beforeAll(ExtensionContext context) {
    if (!isRoot()) {
      Requirement.unmet(context.getDisplayName() + " needs root on Linux");
    }
  }

  private static boolean isRoot() {
    Path self = Path.of("/proc/self");
    try {
      return Files.exists(self) && Files.getAttribute(self, "unix:uid").equals(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
