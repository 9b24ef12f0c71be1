package io.jollyboat.oci;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Which system calls a process may make: a profile in Docker's JSON, which is the member {@code
 * linux.seccomp} of an OCI runtime's config.json with conditions added. Names of system calls are
 * not checked: what a kernel or an architecture lacks is no error (OCI runtime-spec,
 * config-linux.md, Seccomp). Immutable.
 *
 * @param defaultAction for every call that no rule fits
 * @param architectures {@code SCMP_ARCH_...}, beside the machine's own
 * @param architectureMap Docker's: which others go with the machine's own
 * @param flags {@code SECCOMP_FILTER_FLAG_...}
 * @param rules of several for one call an unconditional one wins, else the first that fits
 */
public record SeccompProfile(
    Action defaultAction,
    List<String> architectures,
    List<ArchitectureMap> architectureMap,
    List<String> flags,
    List<Rule> rules) {

  public SeccompProfile {
    architectures = List.copyOf(architectures);
    architectureMap = List.copyOf(architectureMap);
    flags = List.copyOf(flags);
    rules = List.copyOf(rules);
    if (!architectures.isEmpty() && !architectureMap.isEmpty()) {
      throw new OciFormatException(
          "seccomp profile: has both architectures and archMap: use one of them");
    }
  }

  /**
   * @throws OciFormatException naming the place, as in {@code syscalls[3].args[0].op}; members that
   *     are not known are refused, as a misspelt one would leave a rule wider than it was meant
   */
  public static SeccompProfile parse(byte[] json) {
    return new SeccompReader(OciJson.parse(json, "seccomp profile"), false).profile();
  }

  /** As {@link #parse(byte[])}. */
  public static SeccompProfile parse(String json) {
    return parse(json.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * As {@link #parse(byte[])}, for who has another process that is told of calls; the members that
   * say where that one listens are left to the caller.
   */
  public static SeccompProfile parseWithListener(byte[] json) {
    return new SeccompReader(OciJson.parse(json, "seccomp profile"), true).profile();
  }

  /** Whether another process is told of some calls. */
  public boolean notifies() {
    return notifies(defaultAction) || rules.stream().anyMatch(rule -> notifies(rule.action()));
  }

  /** Whether that process may be told of a call of that name, or of all that are not named. */
  public boolean notifiesOf(String call) {
    List<Rule> named = rules.stream().filter(rule -> rule.names().contains(call)).toList();
    return named.isEmpty()
        ? notifies(defaultAction)
        : named.stream().anyMatch(rule -> notifies(rule.action()));
  }

  private static boolean notifies(Action action) {
    return action.verdict() == Verdict.NOTIFY;
  }

  /** What becomes of a call. */
  public enum Verdict {
    KILL_THREAD,
    KILL_PROCESS,
    TRAP,
    /** Fails with the action's error number. */
    ERRNO,
    /** A tracer is told the action's number; without one the call fails with ENOSYS. */
    TRACE,
    LOG,
    ALLOW,
    /**
     * Another process is told, and says; only of {@link SeccompProfile#parseWithListener}, since
     * otherwise nobody would.
     */
    NOTIFY
  }

  /**
   * @param errno of {@link Verdict#ERRNO} and {@link Verdict#TRACE}, else 0
   */
  public record Action(Verdict verdict, int errno) {}

  /**
   * One entry of {@code archMap}.
   *
   * @param architecture of the machine
   * @param others that its kernel runs too
   */
  public record ArchitectureMap(String architecture, List<String> others) {
    public ArchitectureMap {
      others = List.copyOf(others);
    }
  }

  /**
   * What happens to the named calls.
   *
   * @param arguments all must fit; where two are of one argument, any
   * @param includes where the rule counts
   * @param excludes where it does not
   */
  public record Rule(
      List<String> names,
      Action action,
      List<Argument> arguments,
      Circumstances includes,
      Circumstances excludes) {
    public Rule {
      names = List.copyOf(names);
      arguments = List.copyOf(arguments);
    }
  }

  /** How an argument, unsigned, is compared with the value. */
  public enum Comparison {
    NOT_EQUAL,
    LESS,
    LESS_OR_EQUAL,
    EQUAL,
    GREATER_OR_EQUAL,
    GREATER,
    /** {@code (argument & value) == valueTwo}. */
    MASKED_EQUAL
  }

  /**
   * @param index 0 to 5
   * @param value unsigned
   * @param valueTwo unsigned; of {@link Comparison#MASKED_EQUAL} only
   */
  public record Argument(int index, Comparison comparison, long value, long valueTwo) {}

  /**
   * Of a container and its machine; empty ones say nothing.
   *
   * @param capabilities {@code CAP_...}
   * @param architectures as Go names them, {@code amd64}
   * @param minKernel the oldest kernel
   */
  public record Circumstances(
      List<String> capabilities, List<String> architectures, Optional<KernelVersion> minKernel) {
    public static final Circumstances NONE =
        new Circumstances(List.of(), List.of(), Optional.empty());

    public Circumstances {
      capabilities = List.copyOf(capabilities);
      architectures = List.copyOf(architectures);
    }
  }

  /** The first two numbers of a kernel's release. */
  public record KernelVersion(int major, int minor) implements Comparable<KernelVersion> {
    @Override
    public int compareTo(KernelVersion other) {
      int order = Integer.compare(major, other.major);
      return order != 0 ? order : Integer.compare(minor, other.minor);
    }

    @Override
    public String toString() {
      return major + "." + minor;
    }
  }
}
