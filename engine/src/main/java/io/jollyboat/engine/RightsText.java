package io.jollyboat.engine;

import io.jollyboat.IdMap;
import io.jollyboat.Rights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The text form of rights. */
final class RightsText {
  private RightsText() {}

  static final TextForm<Rights> FORM =
      new TextForm<Rights>()
          .words("add", r -> some(r.added()), (r, w) -> r.add(array(w)))
          .words("drop", r -> some(r.dropped()), (r, w) -> r.drop(array(w)))
          .flag("unconfined", r -> !r.seccomp().filtered(), Rights::seccompUnconfined)
          .word("seccomp", r -> r.seccomp().profile(), Rights::seccomp)
          .each("device", RightsText::devices, RightsText::device)
          .each(
              "device-rule",
              r -> r.deviceRules().stream().map(List::of).toList(),
              (r, w) -> r.deviceRule(w.get(0)))
          .flag("new-privileges", Rights::mayGainPrivileges, Rights::newPrivileges)
          .words("masked", Rights::maskedPaths, (r, w) -> r.maskedPaths(array(w)))
          .words("read-only", Rights::readOnlyPaths, (r, w) -> r.readOnlyPaths(array(w)))
          .each("sysctl", r -> pairs(r.sysctls()), (r, w) -> r.sysctl(w.get(0), w.get(1)))
          .words(
              "user-namespace",
              r -> r.ownUserNamespace().map(RightsText::ids),
              RightsText::userNamespace)
          .word("apparmor", Rights::appArmor, Rights::appArmor)
          .flag("privileged", Rights::unconfined, Rights::privileged);

  static String[] array(List<String> words) {
    return words.toArray(String[]::new);
  }

  static Optional<List<String>> some(List<String> words) {
    return words.isEmpty() ? Optional.empty() : Optional.of(words);
  }

  static Collection<List<String>> pairs(Map<String, ?> map) {
    List<List<String>> lines = new ArrayList<>();
    map.forEach((name, value) -> lines.add(List.of(name, value.toString())));
    return lines;
  }

  private static Collection<List<String>> devices(Rights rights) {
    return rights.devices().stream()
        .map(device -> List.of(device.host().toString(), device.container(), device.permissions()))
        .toList();
  }

  private static Rights device(Rights rights, List<String> words) {
    return rights.device(Path.of(words.get(0)), words.get(1), words.get(2));
  }

  /** {@code u:INSIDE:OUTSIDE:COUNT} for users, {@code g:...} for groups. */
  private static List<String> ids(Rights.UserNamespace namespace) {
    List<String> words = new ArrayList<>();
    namespace.users().forEach(map -> words.add(word("u", map)));
    namespace.groups().forEach(map -> words.add(word("g", map)));
    return words;
  }

  private static String word(String kind, IdMap map) {
    return kind + ":" + map.inside() + ":" + map.outside() + ":" + map.count();
  }

  private static Rights userNamespace(Rights rights, List<String> words) {
    List<IdMap> users = new ArrayList<>();
    List<IdMap> groups = new ArrayList<>();
    for (String word : words) {
      String[] fields = word.split(":", -1);
      IdMap map =
          new IdMap(
              Long.parseLong(fields[1]), Long.parseLong(fields[2]), Long.parseLong(fields[3]));
      (fields[0].equals("u") ? users : groups).add(map);
    }
    return rights.userNamespace(users, groups);
  }
}
