package io.jollyboat.linux.security;

import io.jollyboat.linux.security.SeccompRule.Comparison;
import io.jollyboat.linux.security.SeccompRule.Condition;
import io.jollyboat.oci.SeccompProfile;
import io.jollyboat.oci.SeccompProfile.Action;
import io.jollyboat.oci.SeccompProfile.Argument;
import io.jollyboat.oci.SeccompProfile.Circumstances;
import io.jollyboat.oci.SeccompProfile.KernelVersion;
import io.jollyboat.oci.SeccompProfile.Rule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * From a profile in JSON to the rules for one container, as Docker, runc and libseccomp read it
 * together.
 */
final class CustomSeccomp {
  private final SeccompMachine machine;
  private final KernelVersion kernel;
  private final Capabilities bounding;

  CustomSeccomp(SeccompMachine machine, KernelVersion kernel, Capabilities bounding) {
    this.machine = machine;
    this.kernel = kernel;
    this.bounding = bounding;
  }

  /** Of those that the profile names, the ones that this machine runs; its own always. */
  List<SeccompArchitecture> architectures(SeccompProfile profile) {
    Set<String> wanted = new LinkedHashSet<>(profile.architectures());
    for (SeccompProfile.ArchitectureMap entry : profile.architectureMap()) {
      if (entry.architecture().equals(machine.own().ociName())) {
        wanted.addAll(entry.others());
      }
    }
    List<SeccompArchitecture> found = new ArrayList<>(List.of(machine.own()));
    for (SeccompArchitecture architecture : machine.architectures()) {
      if (architecture != machine.own() && wanted.contains(architecture.ociName())) {
        found.add(architecture);
      }
    }
    return found;
  }

  SeccompRules rules(SeccompProfile profile) {
    int otherwise = action(profile.defaultAction());
    Map<String, List<SeccompRule>> byName = new LinkedHashMap<>();
    Set<String> named = new LinkedHashSet<>();
    for (Rule rule : profile.rules()) {
      named.addAll(rule.names());
      int action = action(rule.action());
      // One that says what holds anyway is no exception to an exception: runc leaves it out.
      if (action != otherwise && counts(rule)) {
        List<SeccompRule> alternatives = alternatives(action, rule.arguments());
        rule.names()
            .forEach(
                name -> add(byName.computeIfAbsent(name, n -> new ArrayList<>()), alternatives));
      }
    }
    return new SeccompRules(
        otherwise,
        restricts(otherwise) ? SeccompRule.ENOSYS : otherwise,
        byName,
        List.copyOf(named));
  }

  /** An unconditional rule outweighs all others of its call, wherever it stands. */
  private static void add(List<SeccompRule> rules, List<SeccompRule> more) {
    if (!rules.isEmpty() && rules.get(0).isPlain()) {
      return;
    }
    if (more.get(0).isPlain()) {
      rules.clear();
    }
    rules.addAll(more);
  }

  /** Two conditions on one argument would never both fit: then each is a rule of its own. */
  private static List<SeccompRule> alternatives(int action, List<Argument> arguments) {
    List<Condition> conditions = arguments.stream().map(CustomSeccomp::condition).toList();
    long different = arguments.stream().mapToInt(Argument::index).distinct().count();
    if (different == arguments.size()) {
      return List.of(new SeccompRule(action, conditions));
    }
    return conditions.stream().map(one -> new SeccompRule(action, List.of(one))).toList();
  }

  private static Condition condition(Argument argument) {
    Comparison comparison =
        switch (argument.comparison()) {
          case EQUAL, MASKED_EQUAL -> Comparison.EQUAL;
          case NOT_EQUAL -> Comparison.NOT_EQUAL;
          case LESS -> Comparison.LESS;
          case LESS_OR_EQUAL -> Comparison.LESS_OR_EQUAL;
          case GREATER -> Comparison.GREATER;
          case GREATER_OR_EQUAL -> Comparison.GREATER_OR_EQUAL;
        };
    return argument.comparison() == SeccompProfile.Comparison.MASKED_EQUAL
        ? new Condition(argument.index(), argument.value(), comparison, argument.valueTwo())
        : new Condition(argument.index(), -1, comparison, argument.value());
  }

  private boolean counts(Rule rule) {
    return includes(rule.includes()) && !excludes(rule.excludes());
  }

  private boolean includes(Circumstances all) {
    return all.capabilities().stream().allMatch(this::has)
        && (all.architectures().isEmpty() || all.architectures().contains(machine.goName()))
        && all.minKernel().filter(least -> kernel.compareTo(least) < 0).isEmpty();
  }

  private boolean excludes(Circumstances any) {
    return any.capabilities().stream().anyMatch(this::has)
        || any.architectures().contains(machine.goName())
        || any.minKernel().filter(least -> kernel.compareTo(least) >= 0).isPresent();
  }

  /** A capability that nobody knows is one that no container has. */
  private boolean has(String name) {
    return Capabilities.isKnown(name) && bounding.contains(name);
  }

  /** Where everything is allowed that is not named, newer calls are too. */
  private static boolean restricts(int action) {
    return action != SeccompRule.ALLOW
        && action != SeccompRule.LOG
        && (action & 0xffff0000) != SeccompRule.TRACE;
  }

  private static int action(Action action) {
    return switch (action.verdict()) {
      case ALLOW -> SeccompRule.ALLOW;
      case LOG -> SeccompRule.LOG;
      case NOTIFY -> SeccompRule.NOTIFY;
      case TRACE -> SeccompRule.TRACE | action.errno();
      case ERRNO -> SeccompRule.errno(action.errno());
      case TRAP -> SeccompRule.TRAP;
      case KILL_THREAD -> SeccompRule.KILL_THREAD;
      case KILL_PROCESS -> SeccompRule.KILL_PROCESS;
    };
  }

  /** Flags of seccomp(2). */
  static long flags(SeccompProfile profile) {
    long flags = 0;
    for (String flag : profile.flags()) {
      flags |=
          switch (flag) {
            case "SECCOMP_FILTER_FLAG_TSYNC" -> 1;
            case "SECCOMP_FILTER_FLAG_LOG" -> 2;
            case "SECCOMP_FILTER_FLAG_SPEC_ALLOW" -> 4;
            default -> throw new IllegalArgumentException("unknown flag of seccomp(2): " + flag);
          };
    }
    return flags;
  }
}
