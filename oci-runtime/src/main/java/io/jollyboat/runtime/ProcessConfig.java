package io.jollyboat.runtime;

import io.jollyboat.linux.launcher.ResourceLimit;
import io.jollyboat.linux.security.Capabilities;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The program and all that belongs to its process (config.md, Process).
 *
 * @param cwd absolute
 * @param environment {@code NAME=value} each
 */
record ProcessConfig(
    boolean terminal,
    ConsoleSize consoleSize,
    User user,
    List<String> arguments,
    List<String> environment,
    String cwd,
    CapabilityConfig capabilities,
    List<Limit> limits,
    boolean noNewPrivileges,
    Optional<String> appArmorProfile,
    Optional<String> selinuxLabel,
    OptionalInt oomScore,
    ScheduleConfig schedule) {

  /** The launcher's, where the environment has none. */
  private static final String STANDARD_PATH =
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  /** 0 by 0: the kernel's own idea. */
  record ConsoleSize(int rows, int columns) {}

  /**
   * @param umask empty for 022
   */
  record User(int uid, int gid, List<Integer> groups, OptionalInt umask) {}

  /** A limit of setrlimit(2), in its unit; all bits set are no limit. */
  record Limit(ResourceLimit resource, long soft, long hard) {}

  static ProcessConfig of(Fields process) {
    String cwd = process.required("cwd");
    if (!cwd.startsWith("/")) {
      throw process.error("cwd", "must be absolute, not \"" + cwd + "\"");
    }
    List<String> arguments = process.strings("args");
    if (arguments.isEmpty()) {
      throw process.error("args", "is missing");
    }
    process.refuse("is for Windows", "commandLine");
    Fields size = process.object("consoleSize");
    return new ProcessConfig(
        process.bool("terminal"),
        new ConsoleSize(size.small("height").orElse(0), size.small("width").orElse(0)),
        user(process.object("user")),
        arguments,
        process.strings("env"),
        cwd,
        CapabilityConfig.of(process.optionalObject("capabilities")),
        limits(process),
        process.bool("noNewPrivileges"),
        process.text("apparmorProfile"),
        process.text("selinuxLabel"),
        oomScore(process),
        ScheduleConfig.of(process));
  }

  private static User user(Fields user) {
    user.refuse("is for Windows: use uid and gid", "username");
    List<Integer> groups = user.numbers("additionalGids").stream().map(Long::intValue).toList();
    return new User(
        user.small("uid").orElse(0), user.small("gid").orElse(0), groups, user.small("umask"));
  }

  private static List<Limit> limits(Fields process) {
    List<Limit> limits = new ArrayList<>();
    for (Fields limit : process.objects("rlimits")) {
      String type = limit.required("type");
      ResourceLimit resource = resource(limit, type);
      if (limits.stream().anyMatch(other -> other.resource() == resource)) {
        throw limit.error("type", type + " is there twice");
      }
      limits.add(
          new Limit(
              resource,
              limit.number("soft").orElseThrow(() -> limit.error("soft", "is missing")),
              limit.number("hard").orElseThrow(() -> limit.error("hard", "is missing"))));
    }
    return limits;
  }

  private static ResourceLimit resource(Fields limit, String type) {
    try {
      if (type.startsWith("RLIMIT_")) {
        return ResourceLimit.valueOf(type.substring("RLIMIT_".length()));
      }
    } catch (IllegalArgumentException e) {
      // as any other text
    }
    throw limit.error("type", "\"" + type + "\" is not a limit of getrlimit(2)");
  }

  private static OptionalInt oomScore(Fields process) {
    OptionalInt score = process.small("oomScoreAdj");
    if (score.isPresent() && Math.abs(score.getAsInt()) > 1000) {
      throw process.error("oomScoreAdj", "must be from -1000 to 1000");
    }
    return score;
  }

  /** The paths at which the program may be, in the order in which they are tried (execvp(3)). */
  List<String> programPaths() {
    String program = arguments.get(0);
    if (program.contains("/")) {
      return List.of(Path.of(cwd).resolve(program).toString());
    }
    String path =
        environment.stream()
            .filter(word -> word.startsWith("PATH="))
            .reduce(STANDARD_PATH, (first, last) -> last)
            .substring("PATH=".length());
    return Arrays.stream(path.split(":"))
        .map(directory -> Path.of(cwd).resolve(directory).resolve(program).toString())
        .toList();
  }

  /** With more in the bounding, effective and permitted sets. */
  ProcessConfig withCapabilities(List<String> names) {
    return with(environment, capabilities.with(Capabilities.of(names.toArray(String[]::new))));
  }

  /** With one more {@code NAME=value}. */
  ProcessConfig withVariable(String variable) {
    List<String> more = new ArrayList<>(environment);
    more.add(variable);
    return with(more, capabilities);
  }

  private ProcessConfig with(List<String> newEnvironment, CapabilityConfig newCapabilities) {
    return new ProcessConfig(
        terminal,
        consoleSize,
        user,
        arguments,
        newEnvironment,
        cwd,
        newCapabilities,
        limits,
        noNewPrivileges,
        appArmorProfile,
        selinuxLabel,
        oomScore,
        schedule);
  }
}
