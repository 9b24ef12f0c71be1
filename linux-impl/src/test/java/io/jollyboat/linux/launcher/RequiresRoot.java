package io.jollyboat.linux.launcher;

import io.jollyboat.linux.syscall.NativeAccess;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Tests that need root and busybox: aborted without, failed when {@code require.root} is set. */
public final class RequiresRoot implements BeforeAllCallback {

  @Override
  public void beforeAll(ExtensionContext context) {
    String missing = missing();
    if (Boolean.getBoolean("require.root")) {
      Assertions.assertEquals("", missing, "require.root is set");
    }
    Assumptions.assumeTrue(missing.isEmpty(), missing);
  }

  private static String missing() {
    if (NativeAccess.problem().isPresent()) {
      return NativeAccess.problem().get();
    }
    if (!"root".equals(System.getProperty("user.name"))) {
      return "not root";
    }
    return Files.isExecutable(Path.of("/bin/busybox")) ? "" : "no static /bin/busybox";
  }
}
