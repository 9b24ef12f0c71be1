package io.jollyboat.runtime;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A program that runs at one point of a container's life (config.md, POSIX-platform Hooks).
 *
 * @param arguments from {@code argv[0]} on
 * @param seconds that it may take, 0 for any
 */
record HookConfig(String path, List<String> arguments, List<String> environment, int seconds) {
  HookConfig {
    arguments = List.copyOf(arguments);
    environment = List.copyOf(environment);
  }

  private static HookConfig of(Fields hook) {
    String path = hook.required("path");
    if (!path.startsWith("/")) {
      throw hook.error("path", "must be absolute, not \"" + path + "\"");
    }
    OptionalInt timeout = hook.small("timeout");
    if (timeout.isPresent() && timeout.getAsInt() <= 0) {
      throw hook.error("timeout", "must be greater than zero");
    }
    List<String> arguments =
        Optional.of(hook.strings("args")).filter(a -> !a.isEmpty()).orElse(List.of(path));
    return new HookConfig(path, arguments, hook.strings("env"), timeout.orElse(0));
  }

  /** All hooks, by when they run. */
  record All(
      List<HookConfig> prestart,
      List<HookConfig> createRuntime,
      List<HookConfig> createContainer,
      List<HookConfig> startContainer,
      List<HookConfig> poststart,
      List<HookConfig> poststop) {

    static All of(Fields hooks) {
      return new All(
          list(hooks, "prestart"),
          list(hooks, "createRuntime"),
          list(hooks, "createContainer"),
          list(hooks, "startContainer"),
          list(hooks, "poststart"),
          list(hooks, "poststop"));
    }

    private static List<HookConfig> list(Fields hooks, String name) {
      return hooks.objects(name).stream().map(HookConfig::of).toList();
    }

    /** Whether any runs before the program does. */
    boolean beforeStart() {
      return !(prestart.isEmpty()
          && createRuntime.isEmpty()
          && createContainer.isEmpty()
          && startContainer.isEmpty());
    }
  }
}
