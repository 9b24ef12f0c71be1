package io.jollyboat.runtime;

import io.jollyboat.linux.launcher.MountAttribute;
import io.jollyboat.linux.launcher.Propagation;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The options of a mount, sorted by what they are for (config.md, Linux mount options). What is
 * none of these belongs to the file system.
 */
final class MountOptions {
  /** Attributes to set and to clear; {@code accessTime} when the kind of access time is given. */
  record Change(Set<MountAttribute> set, Set<MountAttribute> cleared, boolean accessTime) {
    private static Change none() {
      return new Change(
          EnumSet.noneOf(MountAttribute.class), EnumSet.noneOf(MountAttribute.class), false);
    }

    boolean isNone() {
      return set.isEmpty() && cleared.isEmpty() && !accessTime;
    }
  }

  /** Whether other ids are shown: not, of the mount itself, of all below it, too. */
  enum Mapping {
    NONE,
    TOP,
    ALL
  }

  /** How the mount relates to others. */
  record Relation(Propagation propagation, boolean recursive) {}

  /** What an option sets. */
  private static final Map<String, MountAttribute> SETTING =
      Map.of(
          "ro", MountAttribute.READ_ONLY,
          "nosuid", MountAttribute.NO_SET_UID,
          "nodev", MountAttribute.NO_DEVICES,
          "noexec", MountAttribute.NO_EXECUTE,
          "nodiratime", MountAttribute.NO_DIRECTORY_ACCESS_TIME,
          "nosymfollow", MountAttribute.NO_SYMLINK_FOLLOW);

  /** What an option takes back. */
  private static final Map<String, MountAttribute> CLEARING =
      Map.of(
          "rw", MountAttribute.READ_ONLY,
          "suid", MountAttribute.NO_SET_UID,
          "dev", MountAttribute.NO_DEVICES,
          "exec", MountAttribute.NO_EXECUTE,
          "diratime", MountAttribute.NO_DIRECTORY_ACCESS_TIME,
          "symfollow", MountAttribute.NO_SYMLINK_FOLLOW);

  /** The kinds of access time; "relatime" is the kernel's own. */
  private static final Map<String, Set<MountAttribute>> ACCESS_TIMES =
      Map.of(
          "noatime", Set.of(MountAttribute.NO_ACCESS_TIME),
          "strictatime", Set.of(MountAttribute.STRICT_ACCESS_TIME),
          "atime", Set.of(),
          "relatime", Set.of(),
          "norelatime", Set.of(),
          "nostrictatime", Set.of());

  private static final Map<String, Propagation> RELATIONS =
      Map.of(
          "private", Propagation.PRIVATE,
          "shared", Propagation.SHARED,
          "slave", Propagation.SLAVE,
          "unbindable", Propagation.UNBINDABLE);

  /** The kernel's defaults, and what only told mount(2) how loud to be. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of("defaults", "silent", "loud", "async", "nomand", "nolazytime", "noiversion");

  private static final Set<String> UNSUPPORTED = Set.of("iversion");

  private final List<Relation> relations = new ArrayList<>();
  private final List<String> data = new ArrayList<>();
  private Change change = Change.none();
  private Change recursive = Change.none();
  private boolean bind;
  private boolean deep;
  private boolean remount;
  private boolean copyUp;
  private Mapping mapping = Mapping.NONE;

  private MountOptions() {}

  /**
   * @throws IllegalArgumentException for an option that this runtime cannot carry out
   */
  static MountOptions parse(List<String> options) {
    MountOptions parsed = new MountOptions();
    options.forEach(parsed::take);
    return parsed;
  }

  /** All names that are not the file system's, for "features". */
  static List<String> names() {
    Stream<String> plain =
        Stream.of(SETTING, CLEARING, ACCESS_TIMES, RELATIONS).flatMap(map -> map.keySet().stream());
    return Stream.concat(
            plain.flatMap(name -> Stream.of(name, "r" + name)),
            Stream.concat(
                WITHOUT_EFFECT.stream(),
                Stream.of(
                    "bind",
                    "rbind",
                    "remount",
                    "idmap",
                    "ridmap",
                    "tmpcopyup",
                    "sync",
                    "dirsync",
                    "lazytime")))
        .sorted()
        .toList();
  }

  private void take(String option) {
    String name = option.toLowerCase(Locale.ROOT).equals(option) ? option : "";
    boolean deepOption = name.startsWith("r") && isKnown(name.substring(1));
    if (UNSUPPORTED.contains(name)) {
      throw new IllegalArgumentException("the option \"" + option + "\" is not supported");
    } else if (isKnown(name)) {
      change = attribute(change, name);
      relation(name, false);
    } else if (deepOption) {
      recursive = attribute(recursive, name.substring(1));
      relation(name.substring(1), true);
    } else {
      special(option);
    }
  }

  private void special(String option) {
    switch (option) {
      case "bind" -> bind = true;
      case "rbind" -> {
        bind = true;
        deep = true;
      }
      case "idmap" -> mapping = Mapping.TOP;
      case "ridmap" -> mapping = Mapping.ALL;
      case "remount" -> remount = true;
      case "tmpcopyup" -> copyUp = true;
      default -> {
        if (!WITHOUT_EFFECT.contains(option)) {
          data.add(option);
        }
      }
    }
  }

  private static boolean isKnown(String name) {
    return SETTING.containsKey(name)
        || CLEARING.containsKey(name)
        || ACCESS_TIMES.containsKey(name)
        || RELATIONS.containsKey(name);
  }

  private void relation(String name, boolean deepRelation) {
    Propagation propagation = RELATIONS.get(name);
    if (propagation != null) {
      relations.add(new Relation(propagation, deepRelation));
    }
  }

  /** The last word counts: "ro,rw" is writable. */
  private static Change attribute(Change before, String name) {
    Set<MountAttribute> set = EnumSet.copyOf(before.set());
    Set<MountAttribute> cleared = EnumSet.copyOf(before.cleared());
    boolean accessTime = before.accessTime();
    MountAttribute setting = SETTING.get(name);
    MountAttribute clearing = CLEARING.get(name);
    Set<MountAttribute> times = ACCESS_TIMES.get(name);
    if (setting != null) {
      set.add(setting);
      cleared.remove(setting);
    } else if (clearing != null) {
      set.remove(clearing);
      cleared.add(clearing);
    } else if (times != null) {
      set.removeAll(Set.of(MountAttribute.NO_ACCESS_TIME, MountAttribute.STRICT_ACCESS_TIME));
      set.addAll(times);
      accessTime = true;
    }
    return new Change(set, cleared, accessTime);
  }

  /** Of the mount itself. */
  Change change() {
    return change;
  }

  /** Of the mount and all that is mounted below it. */
  Change recursive() {
    return recursive;
  }

  List<Relation> relations() {
    return List.copyOf(relations);
  }

  /** For the file system, separated by commas. */
  String data() {
    return String.join(",", data);
  }

  boolean isBind() {
    return bind;
  }

  /** Of a bind: what is mounted below the source comes along. */
  boolean isDeep() {
    return deep;
  }

  boolean isRemount() {
    return remount;
  }

  Mapping mapping() {
    return mapping;
  }

  /** Of a tmpfs: it starts with what it covers. */
  boolean copiesUp() {
    return copyUp;
  }
}
