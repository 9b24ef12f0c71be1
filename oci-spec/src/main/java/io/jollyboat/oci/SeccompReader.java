package io.jollyboat.oci;

import io.jollyboat.oci.SeccompProfile.Action;
import io.jollyboat.oci.SeccompProfile.ArchitectureMap;
import io.jollyboat.oci.SeccompProfile.Argument;
import io.jollyboat.oci.SeccompProfile.Circumstances;
import io.jollyboat.oci.SeccompProfile.Comparison;
import io.jollyboat.oci.SeccompProfile.KernelVersion;
import io.jollyboat.oci.SeccompProfile.Rule;
import io.jollyboat.oci.SeccompProfile.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** From JSON to a {@link SeccompProfile}. */
final class SeccompReader {
  private static final int EPERM = 1;

  /** The kernel's MAX_ERRNO. */
  private static final int MOST_ERRNO = 4095;

  private static final int MOST_TRACE = 0xffff;

  private static final Map<String, Verdict> VERDICTS =
      Map.of(
          "SCMP_ACT_KILL", Verdict.KILL_THREAD,
          "SCMP_ACT_KILL_THREAD", Verdict.KILL_THREAD,
          "SCMP_ACT_KILL_PROCESS", Verdict.KILL_PROCESS,
          "SCMP_ACT_TRAP", Verdict.TRAP,
          "SCMP_ACT_ERRNO", Verdict.ERRNO,
          "SCMP_ACT_TRACE", Verdict.TRACE,
          "SCMP_ACT_LOG", Verdict.LOG,
          "SCMP_ACT_ALLOW", Verdict.ALLOW);

  /** Those that profiles name; the numbers are the same on all architectures here. */
  private static final Map<String, Long> ERRORS =
      Map.of(
          "EPERM",
          1L,
          "ENOENT",
          2L,
          "EIO",
          5L,
          "EBADF",
          9L,
          "EAGAIN",
          11L,
          "ENOMEM",
          12L,
          "EACCES",
          13L,
          "EINVAL",
          22L,
          "ENOSYS",
          38L,
          "EAFNOSUPPORT",
          97L);

  private static final Map<String, Comparison> COMPARISONS =
      Map.of(
          "SCMP_CMP_NE", Comparison.NOT_EQUAL,
          "SCMP_CMP_LT", Comparison.LESS,
          "SCMP_CMP_LE", Comparison.LESS_OR_EQUAL,
          "SCMP_CMP_EQ", Comparison.EQUAL,
          "SCMP_CMP_GE", Comparison.GREATER_OR_EQUAL,
          "SCMP_CMP_GT", Comparison.GREATER,
          "SCMP_CMP_MASKED_EQ", Comparison.MASKED_EQUAL);

  /** Those of config-linux.md; a machine takes of them what it runs. */
  private static final Pattern ARCHITECTURE =
      Pattern.compile(
          "SCMP_ARCH_(X86|X86_64|X32|ARM|AARCH64|MIPS(EL)?(64(N32)?)?|PPC|PPC64|PPC64LE|S390|S390X"
              + "|PARISC|PARISC64|RISCV64|LOONGARCH64|M68K|SH|SHEB)");

  private static final Set<String> FLAGS =
      Set.of(
          "SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW");

  private static final Pattern KERNEL = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})");

  private final JsonObject root;
  private final boolean listener;

  /**
   * @param listener whether somebody is told of calls
   */
  SeccompReader(JsonObject root, boolean listener) {
    this.root = root;
    this.listener = listener;
  }

  SeccompProfile profile() {
    root.only(
        "comment",
        "defaultAction",
        "defaultErrnoRet",
        "defaultErrno",
        "architectures",
        "archMap",
        "flags",
        "listenerPath",
        "listenerMetadata",
        "syscalls");
    for (String where : List.of("listenerPath", "listenerMetadata")) {
      if (!listener && root.text(where).isPresent()) {
        throw root.error(where, "is not supported: nobody is told of calls here");
      }
    }
    List<ArchitectureMap> map = new ArrayList<>();
    root.objects("archMap").forEach(entry -> map.add(architectureMap(entry)));
    List<Rule> rules = new ArrayList<>();
    root.objects("syscalls").forEach(entry -> rules.add(rule(entry)));
    return new SeccompProfile(
        action(root, "defaultAction", "defaultErrnoRet", "defaultErrno"),
        architectures(root, "architectures"),
        map,
        known(root, "flags", FLAGS),
        rules);
  }

  private static ArchitectureMap architectureMap(JsonObject entry) {
    entry.only("architecture", "subArchitectures");
    String own = entry.requiredString("architecture");
    if (!ARCHITECTURE.matcher(own).matches()) {
      throw entry.error("architecture", "is no architecture: " + own);
    }
    return new ArchitectureMap(own, architectures(entry, "subArchitectures"));
  }

  private static List<String> architectures(JsonObject from, String name) {
    List<String> found = from.strings(name);
    for (int i = 0; i < found.size(); i++) {
      if (!ARCHITECTURE.matcher(found.get(i)).matches()) {
        throw from.error(name + "[" + i + "]", "is no architecture: " + found.get(i));
      }
    }
    return found;
  }

  private static List<String> known(JsonObject from, String name, Set<String> allowed) {
    List<String> found = from.strings(name);
    for (int i = 0; i < found.size(); i++) {
      if (!allowed.contains(found.get(i))) {
        throw from.error(name + "[" + i + "]", "is unknown or not supported: " + found.get(i));
      }
    }
    return found;
  }

  private Rule rule(JsonObject entry) {
    entry.only(
        "comment", "name", "names", "action", "errnoRet", "errno", "args", "includes", "excludes");
    List<Argument> arguments = new ArrayList<>();
    entry.objects("args").forEach(argument -> arguments.add(argument(argument)));
    return new Rule(
        names(entry),
        action(entry, "action", "errnoRet", "errno"),
        arguments,
        circumstances(entry, "includes"),
        circumstances(entry, "excludes"));
  }

  /** A single name is the older form. */
  private static List<String> names(JsonObject entry) {
    List<String> names = entry.strings("names");
    Optional<String> single = entry.text("name");
    if (single.isPresent() && !names.isEmpty()) {
      throw entry.error("name", "stands beside names: use one of them");
    }
    if (single.isEmpty() && names.isEmpty()) {
      throw entry.error("names", "is missing: a rule needs at least one system call");
    }
    return single.map(List::of).orElse(names);
  }

  private Action action(JsonObject from, String name, String errnoName, String symbolName) {
    String text = from.requiredString(name);
    Verdict verdict =
        listener && text.equals("SCMP_ACT_NOTIFY") ? Verdict.NOTIFY : VERDICTS.get(text);
    if (verdict == null) {
      throw from.error(
          name,
          text.equals("SCMP_ACT_NOTIFY")
              ? "SCMP_ACT_NOTIFY is not supported: nobody is told of calls here"
              : "is no action: " + text);
    }
    boolean numbered = verdict == Verdict.ERRNO || verdict == Verdict.TRACE;
    Optional<Long> errno = errno(from, errnoName, symbolName);
    if (errno.isPresent() && !numbered) {
      throw from.error(errnoName, "means nothing for " + text);
    }
    long most = verdict == Verdict.TRACE ? MOST_TRACE : MOST_ERRNO;
    if (errno.isPresent() && (errno.get() < 0 || errno.get() > most)) {
      throw from.error(errnoName, "must be 0 to " + most + ", not " + errno.get());
    }
    return new Action(verdict, numbered ? errno.orElse((long) EPERM).intValue() : 0);
  }

  /** Podman's profiles name the error beside, or in place of, its number. */
  private static Optional<Long> errno(JsonObject from, String numberName, String symbolName) {
    Optional<Long> number = from.integer(numberName);
    Optional<String> symbol = from.text(symbolName);
    if (symbol.isEmpty()) {
      return number;
    }
    Long named = ERRORS.get(symbol.get());
    if (named == null && number.isEmpty()) {
      throw from.error(symbolName, "is not known: give its number in " + numberName);
    }
    if (named != null && number.isPresent() && !named.equals(number.get())) {
      throw from.error(symbolName, "is " + named + ", but " + numberName + " is " + number.get());
    }
    return number.or(() -> Optional.ofNullable(named));
  }

  private static Argument argument(JsonObject entry) {
    entry.only("comment", "index", "value", "valueTwo", "op");
    long index = entry.integer("index").orElseThrow(() -> entry.error("index", "is missing"));
    if (index < 0 || index > 5) {
      throw entry.error("index", "must be 0 to 5, not " + index);
    }
    String op = entry.requiredString("op");
    Comparison comparison = COMPARISONS.get(op);
    if (comparison == null) {
      throw entry.error("op", "is no comparison: " + op);
    }
    long value = entry.unsigned("value").orElseThrow(() -> entry.error("value", "is missing"));
    return new Argument((int) index, comparison, value, entry.unsigned("valueTwo").orElse(0L));
  }

  private static Circumstances circumstances(JsonObject entry, String name) {
    Optional<JsonObject> found = entry.object(name);
    if (found.isEmpty()) {
      return Circumstances.NONE;
    }
    JsonObject from = found.get();
    from.only("caps", "arches", "minKernel");
    return new Circumstances(
        from.strings("caps"),
        from.strings("arches"),
        from.text("minKernel").map(text -> kernel(from, text)));
  }

  private static KernelVersion kernel(JsonObject from, String text) {
    Matcher numbers = KERNEL.matcher(text);
    if (!numbers.matches()) {
      throw from.error("minKernel", "is no version such as 4.8: " + text);
    }
    return new KernelVersion(
        Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2)));
  }
}
