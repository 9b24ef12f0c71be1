package io.jollyboat.runtime;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The flags of every command, runc's. */
final class Commands {
  /** Before the command. */
  static final Flags.Known GLOBAL =
      new Flags.Known(
          List.of("debug", "systemd-cgroup", "help", "version"),
          List.of("root", "log", "log-format", "rootless", "criu"),
          Map.of("h", "help", "v", "version"),
          true);

  private static final List<String> CREATE =
      List.of("bundle", "console-socket", "pid-file", "preserve-fds");
  private static final Map<String, String> BUNDLE = Map.of("b", "bundle");

  private static final Map<String, Flags.Known> ALL = new TreeMap<>();

  static {
    put("create", List.of("no-pivot", "no-new-keyring"), CREATE, BUNDLE, false);
    put(
        "run",
        List.of("no-pivot", "no-new-keyring", "detach", "no-subreaper", "keep"),
        CREATE,
        Map.of("b", "bundle", "d", "detach"),
        false);
    put("start", List.of(), List.of(), Map.of(), false);
    put("state", List.of(), List.of(), Map.of(), false);
    put("kill", List.of("all"), List.of(), Map.of("a", "all"), false);
    put("delete", List.of("force"), List.of(), Map.of("f", "force"), false);
    put("pause", List.of(), List.of(), Map.of(), false);
    put("resume", List.of(), List.of(), Map.of(), false);
    put("list", List.of("quiet"), List.of("format"), Map.of("q", "quiet", "f", "format"), false);
    put("ps", List.of(), List.of("format"), Map.of("f", "format"), true);
    put("events", List.of("stats"), List.of("interval"), Map.of(), false);
    put("features", List.of(), List.of(), Map.of(), false);
    put("spec", List.of("rootless"), List.of("bundle"), BUNDLE, false);
    put(
        "exec",
        List.of("tty", "detach", "no-new-privs", "ignore-paused"),
        List.of(
            "console-socket",
            "cwd",
            "env",
            "user",
            "additional-gids",
            "process",
            "pid-file",
            "process-label",
            "apparmor",
            "cap",
            "preserve-fds",
            "cgroup"),
        Map.of(
            "t",
            "tty",
            "d",
            "detach",
            "e",
            "env",
            "u",
            "user",
            "p",
            "process",
            "g",
            "additional-gids",
            "c",
            "cap"),
        true);
    put("update", List.of(), UpdateFlags.names(), Map.of("r", "resources"), false);
  }

  private Commands() {}

  private static void put(
      String name,
      List<String> switches,
      List<String> valued,
      Map<String, String> aliases,
      boolean ownWords) {
    List<String> all = new java.util.ArrayList<>(switches);
    all.add("help");
    ALL.put(name, new Flags.Known(all, valued, aliases, ownWords));
  }

  static List<String> names() {
    return List.copyOf(ALL.keySet());
  }

  /**
   * @throws RuntimeFailure for a command that there is not
   */
  static Flags.Known of(String command) {
    Flags.Known known = ALL.get(command);
    if (known == null) {
      throw new RuntimeFailure("no such command: \"" + command + "\"; there are " + names());
    }
    return known;
  }
}
