package io.jollyboat.linux.security;

import java.util.List;

/**
 * A processor and the calling conventions that its kernel serves.
 *
 * @param goName as Go and OCI platforms name it
 * @param architectures its own first
 */
record SeccompMachine(String goName, List<SeccompArchitecture> architectures) {
  private static final SeccompMachine X86_64 =
      new SeccompMachine(
          "amd64",
          List.of(SeccompArchitecture.X86_64, SeccompArchitecture.X86, SeccompArchitecture.X32));
  private static final SeccompMachine AARCH64 =
      new SeccompMachine("arm64", List.of(SeccompArchitecture.AARCH64, SeccompArchitecture.ARM));

  /**
   * @param osArch as the system property os.arch has it
   * @throws UnsupportedOperationException on a machine that the table of numbers lacks
   */
  static SeccompMachine of(String osArch) {
    return switch (osArch) {
      case "amd64", "x86_64" -> X86_64;
      case "aarch64", "arm64" -> AARCH64;
      default ->
          throw new UnsupportedOperationException(
              "no seccomp filter for machine \"" + osArch + "\": x86_64 and aarch64 are supported");
    };
  }

  SeccompArchitecture own() {
    return architectures.get(0);
  }

  /** As uname(2) has it: the name in {@link SeccompPrograms#PRECOMPILED}. */
  String kernelName() {
    return goName.equals("amd64") ? "x86_64" : "aarch64";
  }
}
