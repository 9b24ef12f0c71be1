package io.jollyboat.runtime;

import io.jollyboat.linux.cgroup.DeviceRule;
import java.util.ArrayList;
import java.util.List;

/**
 * The rules on devices of a configuration (config-linux.md, Allowed Device list): all are denied,
 * then come those of the file in its order, then what every container may use.
 */
final class DeviceAccess {
  private static final DeviceRule NONE = new DeviceRule(false, 'a', -1, -1, "rwm");

  private DeviceAccess() {}

  static List<DeviceRule> of(List<Fields> rules) {
    List<DeviceRule> all = new ArrayList<>(List.of(NONE));
    rules.forEach(rule -> add(all, rule(rule)));
    DeviceRule.DEFAULT.forEach(rule -> add(all, rule));
    return List.copyOf(all);
  }

  private static DeviceRule rule(Fields rule) {
    String type = rule.text("type").orElse("a");
    if (!List.of("a", "c", "b").contains(type)) {
      throw rule.error("type", "\"" + type + "\" is not one of a, c and b");
    }
    String access = rule.text("access").orElse("rwm");
    if (!access.matches("[rwm]{1,3}")) {
      throw rule.error("access", "\"" + access + "\" is not of r, w and m");
    }
    return new DeviceRule(
        rule.bool("allow"),
        type.charAt(0),
        rule.small("major").orElse(-1),
        rule.small("minor").orElse(-1),
        access);
  }

  /**
   * What two rules allow of a device, one to read and one to write say, it may be asked for at
   * once: the later one has the letters of both. Nothing between them may have denied any.
   */
  private static void add(List<DeviceRule> all, DeviceRule rule) {
    String access = rule.access();
    for (int i = all.size() - 1; i >= 0 && rule.allow() && all.get(i).allow(); i--) {
      DeviceRule before = all.get(i);
      if (before.type() == rule.type()
          && before.major() == rule.major()
          && before.minor() == rule.minor()) {
        access = letters(before.access() + access);
      }
    }
    all.add(new DeviceRule(rule.allow(), rule.type(), rule.major(), rule.minor(), access));
  }

  private static String letters(String some) {
    StringBuilder each = new StringBuilder();
    for (char letter : new char[] {'r', 'w', 'm'}) {
      if (some.indexOf(letter) >= 0) {
        each.append(letter);
      }
    }
    return each.toString();
  }
}
