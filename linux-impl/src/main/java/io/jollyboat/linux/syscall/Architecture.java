package io.jollyboat.linux.syscall;

import java.util.Optional;

/** A processor architecture that the launcher is built for. */
public enum Architecture {
  X86_64("x86_64"),
  AARCH64("aarch64");

  private final String kernelName;

  Architecture(String kernelName) {
    this.kernelName = kernelName;
  }

  /** The name that uname(2) gives, such as {@code x86_64}. */
  public String kernelName() {
    return kernelName;
  }

  /** The one for Java's {@code os.arch} property, if it is supported. */
  public static Optional<Architecture> of(String osArch) {
    return switch (osArch) {
      case "amd64", "x86_64" -> Optional.of(X86_64);
      case "aarch64", "arm64" -> Optional.of(AARCH64);
      default -> Optional.empty();
    };
  }

  /**
   * The one that this JVM runs on.
   *
   * @throws UnsupportedOperationException on any other
   */
  public static Architecture current() {
    String osArch = System.getProperty("os.arch", "unknown");
    return of(osArch)
        .orElseThrow(
            () ->
                new UnsupportedOperationException(
                    "containers run on x86_64 and aarch64; this JVM is for " + osArch));
  }
}
