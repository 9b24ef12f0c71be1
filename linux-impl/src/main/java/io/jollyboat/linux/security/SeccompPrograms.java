package io.jollyboat.linux.security;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The default profile, compiled for the sets of capabilities that an engine's containers have. Each
 * set is compiled once; the bytes depend on nothing else, as the oldest kernel supported (5.10) has
 * every call that the profile restricts by version elsewhere. Programs of the usual sets come with
 * the module, compiled: the compiler takes a twentieth of a second when the JVM is cold. Safe for
 * use by several threads.
 */
public final class SeccompPrograms {
  /**
   * Lines of machine, capabilities, program in base64; a test holds them to what the compiler
   * makes.
   */
  static final String PRECOMPILED = "precompiled.txt";

  private static final Map<String, List<SeccompArchitecture>> MACHINES =
      Map.of(
          "x86_64",
          List.of(SeccompArchitecture.X86_64, SeccompArchitecture.X86, SeccompArchitecture.X32),
          "aarch64",
          List.of(SeccompArchitecture.AARCH64, SeccompArchitecture.ARM));

  private final String machine;
  private final Map<Capabilities, SeccompProgram> programs = new ConcurrentHashMap<>();

  private SeccompPrograms(String machine) {
    this.machine = machine;
  }

  /**
   * For this machine and the others that its kernel runs programs of.
   *
   * @throws UnsupportedOperationException on a machine that the table of numbers lacks
   */
  public static SeccompPrograms ofThisMachine() {
    return ofMachine(System.getProperty("os.arch", ""));
  }

  static SeccompPrograms ofMachine(String osArch) {
    return switch (osArch) {
      case "amd64", "x86_64" -> new SeccompPrograms("x86_64");
      case "aarch64", "arm64" -> new SeccompPrograms("aarch64");
      default ->
          throw new UnsupportedOperationException(
              "no seccomp filter for machine \"" + osArch + "\": x86_64 and aarch64 are supported");
    };
  }

  /** For a container with this bounding set; made at the first call. */
  public SeccompProgram standard(Capabilities bounding) {
    return programs.computeIfAbsent(bounding, this::make);
  }

  private SeccompProgram make(Capabilities bounding) {
    String start = machine + " " + bounding + " ";
    for (String line : SecurityResource.lines(PRECOMPILED)) {
      if (line.startsWith(start)) {
        return new SeccompProgram(Base64.getDecoder().decode(line.substring(start.length())));
      }
    }
    return compile(bounding);
  }

  SeccompProgram compile(Capabilities bounding) {
    return new SeccompCompiler(SyscallTable.load(), SeccompProfile.standard())
        .compile(bounding, Objects.requireNonNull(MACHINES.get(machine)));
  }
}
