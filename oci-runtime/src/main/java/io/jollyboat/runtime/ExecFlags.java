package io.jollyboat.runtime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The process of "exec": the file of {@code --process}, or the container's own with changes. */
final class ExecFlags {
  private ExecFlags() {}

  static ProcessConfig process(Flags flags, Config config, List<String> words) {
    if (words.isEmpty()) {
      throw new RuntimeFailure("exec: no program is given: use its words, or --process");
    }
    Fields base =
        config.processFields().orElseThrow(() -> new RuntimeFailure("exec: use --process"));
    ProcessConfig process = ProcessConfig.of(changed(flags, base, words));
    return flags.all("cap").isEmpty() ? process : process.withCapabilities(flags.all("cap"));
  }

  /**
   * Paths by the name of their controller, which is empty for all: {@code [controller,...:]path}.
   */
  static Map<String, String> groups(List<String> flags) {
    Map<String, String> groups = new LinkedHashMap<>();
    for (String flag : flags) {
      int colon = flag.indexOf(':');
      String path = flag.substring(colon + 1);
      for (String controller : flag.substring(0, Math.max(colon, 0)).split(",")) {
        groups.put(controller, path);
      }
    }
    return groups;
  }

  private static Fields changed(Flags flags, Fields base, List<String> words) {
    Map<String, Object> process = new LinkedHashMap<>(base.members());
    process.put("args", words);
    process.put("terminal", flags.is("tty"));
    process.remove("oomScoreAdj");
    flags.value("cwd").ifPresent(cwd -> process.put("cwd", cwd));
    flags.value("apparmor").ifPresent(profile -> process.put("apparmorProfile", profile));
    flags.value("process-label").ifPresent(label -> process.put("selinuxLabel", label));
    if (flags.is("no-new-privs")) {
      process.put("noNewPrivileges", true);
    }
    List<String> environment = new ArrayList<>(base.strings("env"));
    environment.addAll(flags.all("env"));
    process.put("env", environment);
    Map<String, Object> user = new LinkedHashMap<>(base.object("user").members());
    flags.value("user").ifPresent(text -> user(user, text));
    if (!flags.all("additional-gids").isEmpty()) {
      user.put("additionalGids", flags.all("additional-gids").stream().map(Long::valueOf).toList());
    }
    process.put("user", user);
    return new Fields(process, "process");
  }

  private static void user(Map<String, Object> user, String text) {
    String[] ids = text.split(":", 2);
    try {
      user.put("uid", Long.valueOf(ids[0]));
      if (ids.length == 2) {
        user.put("gid", Long.valueOf(ids[1]));
      }
    } catch (NumberFormatException e) {
      throw new RuntimeFailure("--user: \"" + text + "\" is not a uid, or uid:gid", e);
    }
  }
}
