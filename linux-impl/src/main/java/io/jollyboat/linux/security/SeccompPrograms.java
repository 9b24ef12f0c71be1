package io.jollyboat.linux.security;

import io.jollyboat.oci.SeccompProfile;
import io.jollyboat.oci.SeccompProfile.KernelVersion;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Profiles, compiled for the sets of capabilities that an engine's containers have. Each set is
 * compiled once. For the module's own profiles the bytes depend on nothing else, as the oldest
 * kernel supported (5.10) has every call that they restrict by version elsewhere; programs of the
 * usual sets come with the module, compiled: the compiler takes a twentieth of a second when the
 * JVM is cold. Safe for use by several threads.
 */
public final class SeccompPrograms {
  /**
   * Lines of profile, machine, capabilities, program in base64; a test holds them to what the
   * compiler makes.
   */
  static final String PRECOMPILED = "precompiled.txt";

  static final String STANDARD = "default";
  static final String SANDBOX = "sandbox";

  /** Programs of profiles that users bring: a program that makes profiles may bring many. */
  private static final int MOST_CUSTOM = 100;

  private record Custom(SeccompProfile profile, Capabilities bounding) {}

  private final SeccompMachine machine;
  private final KernelVersion kernel;
  private final Map<String, SeccompProgram> programs = new ConcurrentHashMap<>();
  private final Map<Custom, SeccompProgram> customPrograms = new ConcurrentHashMap<>();

  private SeccompPrograms(SeccompMachine machine, KernelVersion kernel) {
    this.machine = machine;
    this.kernel = kernel;
  }

  /**
   * For this machine and the others that its kernel runs programs of.
   *
   * @throws UnsupportedOperationException on a machine that the table of numbers lacks
   */
  public static SeccompPrograms ofThisMachine() {
    return ofMachine(
        System.getProperty("os.arch", ""), kernel(System.getProperty("os.version", "")));
  }

  static SeccompPrograms ofMachine(String osArch, KernelVersion kernel) {
    return new SeccompPrograms(SeccompMachine.of(osArch), kernel);
  }

  /** Of a release as uname(2) has it; one that cannot be read counts as the oldest supported. */
  static KernelVersion kernel(String release) {
    Matcher numbers = Pattern.compile("(\\d{1,4})\\.(\\d{1,4}).*").matcher(release);
    return numbers.matches()
        ? new KernelVersion(Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2)))
        : new KernelVersion(5, 10);
  }

  /** The default profile for a container with this bounding set; made at the first call. */
  public SeccompProgram standard(Capabilities bounding) {
    return known(STANDARD, bounding);
  }

  /** The profile for a stranger's code, for a container with this bounding set. */
  public SeccompProgram sandbox(Capabilities bounding) {
    return known(SANDBOX, bounding);
  }

  /**
   * A profile that the user brought.
   *
   * @throws IllegalArgumentException if it makes a program longer than the kernel takes
   */
  public SeccompProgram custom(SeccompProfile profile, Capabilities bounding) {
    if (customPrograms.size() >= MOST_CUSTOM) {
      customPrograms.clear();
    }
    return customPrograms.computeIfAbsent(new Custom(profile, bounding), this::compile);
  }

  private SeccompProgram known(String profile, Capabilities bounding) {
    String key = profile + " " + machine.kernelName() + " " + bounding + " ";
    return programs.computeIfAbsent(
        key, start -> precompiled(start, () -> compile(profile, bounding)));
  }

  private static SeccompProgram precompiled(String start, Supplier<SeccompProgram> otherwise) {
    for (String line : SecurityResource.lines(PRECOMPILED)) {
      if (line.startsWith(start)) {
        return new SeccompProgram(Base64.getDecoder().decode(line.substring(start.length())), 0);
      }
    }
    return otherwise.get();
  }

  SeccompProgram compile(String profile, Capabilities bounding) {
    SeccompText text = profile.equals(SANDBOX) ? SeccompText.sandbox() : SeccompText.standard();
    byte[] program =
        new SeccompCompiler(SyscallTable.load(), text.rules(bounding))
            .compile(machine.architectures());
    return new SeccompProgram(program, 0);
  }

  private SeccompProgram compile(Custom wanted) {
    CustomSeccomp custom = new CustomSeccomp(machine, kernel, wanted.bounding());
    byte[] program =
        new SeccompCompiler(SyscallTable.load(), custom.rules(wanted.profile()))
            .compile(custom.architectures(wanted.profile()));
    return new SeccompProgram(program, CustomSeccomp.flags(wanted.profile()));
  }
}
