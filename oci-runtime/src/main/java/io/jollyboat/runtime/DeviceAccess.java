package io.jollyboat.runtime;

import io.jollyboat.linux.cgroup.DeviceRule;
import java.util.ArrayList;
import java.util.List;

/**
 * One rule on devices, as the file has it (config-linux.md, Allowed Device list).
 *
 * @param type a for all
 * @param major -1 for all
 * @param minor -1 for all
 */
record DeviceAccess(boolean allow, char type, int major, int minor, String access) {

  /** In the order of the file, and after them what every container may use. */
  static List<DeviceAccess> of(List<Fields> rules) {
    List<DeviceAccess> all = new ArrayList<>();
    for (Fields rule : rules) {
      String type = rule.text("type").orElse("a");
      if (!List.of("a", "c", "b").contains(type)) {
        throw rule.error("type", "\"" + type + "\" is not one of a, c and b");
      }
      String access = rule.text("access").orElse("rwm");
      if (!access.matches("[rwm]{1,3}")) {
        throw rule.error("access", "\"" + access + "\" is not of r, w and m");
      }
      all.add(
          new DeviceAccess(
              rule.bool("allow"),
              type.charAt(0),
              rule.small("major").orElse(-1),
              rule.small("minor").orElse(-1),
              access));
    }
    for (DeviceRule rule : DeviceRule.DEFAULT) {
      all.add(new DeviceAccess(true, rule.type(), rule.major(), rule.minor(), rule.access()));
    }
    return all;
  }

  private boolean isAll() {
    return major < 0 && minor < 0 && access.length() == 3;
  }

  /**
   * The same as a list of what is allowed, or nothing where all is.
   *
   * @throws RuntimeFailure for what such a list cannot say: all but a few
   */
  static List<DeviceRule> allowed(List<DeviceAccess> rules) {
    List<DeviceRule> allowed = new ArrayList<>(everything());
    for (DeviceAccess rule : rules) {
      List<DeviceRule> meant = rule.type == 'a' ? rule.both() : List.of(rule.rule(rule.type));
      if (rule.allow) {
        allowed.addAll(meant);
      } else if (rule.isAll()) {
        allowed.removeIf(old -> rule.type == 'a' || old.type() == rule.type);
      } else if (allowed.containsAll(everything())) {
        throw new RuntimeFailure(
            "linux.resources.devices: some denied and all others allowed is not supported on"
                + " cgroup v2: deny all first");
      } else {
        allowed.removeAll(meant);
      }
    }
    return allowed.containsAll(everything()) ? List.of() : List.copyOf(allowed);
  }

  private static List<DeviceRule> everything() {
    return List.of(new DeviceRule('c', -1, -1, "rwm"), new DeviceRule('b', -1, -1, "rwm"));
  }

  private List<DeviceRule> both() {
    return List.of(rule('c'), rule('b'));
  }

  private DeviceRule rule(char kind) {
    return new DeviceRule(kind, major, minor, access);
  }

  /** As devices.allow and devices.deny of v1 take it; "a" stands for everything there. */
  String line() {
    return type == 'a' && isAll()
        ? "a"
        : type + " " + (major < 0 ? "*" : major) + ":" + (minor < 0 ? "*" : minor) + " " + access;
  }
}
