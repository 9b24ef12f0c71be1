package io.jollyboat.linux.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How this machine's control groups are mounted, and where this process stands in them (cgroups(7),
 * proc_pid_mountinfo(5)). Immutable.
 *
 * @param v1 the v1 hierarchies, in the order of their mounts
 * @param v2 the unified hierarchy
 * @param ruled whether rules for devices are set, as only root of the machine can
 */
public record CgroupLayout(List<Hierarchy> v1, Optional<Hierarchy> v2, boolean ruled) {
  /** Not controllers, though they stand among the options of a v1 mount. */
  private static final Set<String> OTHER_OPTIONS =
      Set.of(
          "rw",
          "ro",
          "noprefix",
          "clone_children",
          "xattr",
          "none",
          "cpuset_v2_mode",
          "favordynmods");

  public CgroupLayout {
    v1 = List.copyOf(v1);
  }

  /** Limits go to v2 only where no v1 hierarchy holds the controllers: a hybrid counts as v1. */
  public boolean unified() {
    return v1.stream().noneMatch(Hierarchy::hasController) && v2.isPresent();
  }

  /** Empty where no control groups are mounted. */
  public boolean none() {
    return v1.isEmpty() && v2.isEmpty();
  }

  /**
   * What of it is delegated to this process's user, who is not root of the machine: hierarchies in
   * which he owns the group that this process is in, or one above it. No rules for devices: his
   * containers can make none, and open what he can.
   */
  public CgroupLayout delegated() {
    return delegated(List.of());
  }

  /**
   * As {@link #delegated()}, or where an earlier engine has made groups that this one is to find.
   *
   * @param earlier {@link #bases} of then
   */
  public CgroupLayout delegated(List<Path> earlier) {
    List<Hierarchy> own = new ArrayList<>();
    for (Hierarchy hierarchy : v1) {
      if (!hierarchy.has("devices")) {
        owned(hierarchy, earlier).map(hierarchy::at).ifPresent(own::add);
      }
    }
    boolean limits = own.stream().anyMatch(Hierarchy::hasController);
    Optional<Hierarchy> unified =
        v2.flatMap(hierarchy -> owned(hierarchy, earlier).map(hierarchy::at));
    return new CgroupLayout(own, limits || unified() ? unified : Optional.empty(), false);
  }

  private static Optional<Path> owned(Hierarchy hierarchy, List<Path> earlier) {
    return hierarchy
        .among(earlier)
        .filter(base -> Delegation.isOwned(base, hierarchy))
        .or(() -> Delegation.owned(hierarchy));
  }

  /** Root's, where an earlier engine has made groups that this one is to find. */
  public CgroupLayout at(List<Path> earlier) {
    return new CgroupLayout(
        v1.stream().map(hierarchy -> hierarchy.at(earlier)).toList(),
        v2.map(hierarchy -> hierarchy.at(earlier)),
        ruled);
  }

  /** Where groups are made, in each hierarchy. */
  public List<Path> bases() {
    return Stream.concat(
            v1.stream().map(Hierarchy::base), v2.stream().map(unified -> V2Cgroups.base(this)))
        .toList();
  }

  /** Of this process. */
  public static CgroupLayout detect() {
    try {
      return parse(
          Files.readString(Path.of("/proc/self/mountinfo")),
          Files.readString(Path.of("/proc/self/cgroup")));
    } catch (IOException e) {
      throw new CgroupException(
          "cannot read how control groups are mounted from /proc/self: " + e.getMessage(), e);
    }
  }

  static CgroupLayout parse(String mountinfo, String selfCgroup) {
    Map<String, String> own = ownPaths(selfCgroup);
    List<Hierarchy> v1 = new ArrayList<>();
    Optional<Hierarchy> v2 = Optional.empty();
    Set<Set<String>> seen = new HashSet<>();
    for (String line : mountinfo.lines().toList()) {
      String[] halves = line.split(" - ", 2);
      String[] left = halves[0].split(" ");
      String[] right = halves[1].split(" ");
      Path mountPoint = Path.of(unescape(left[4]));
      String root = unescape(left[3]);
      if (right[0].equals("cgroup2") && v2.isEmpty()) {
        Path at = position(mountPoint, root, own.getOrDefault("", "/"));
        v2 = Optional.of(new Hierarchy(2, offered(mountPoint), mountPoint, at));
      } else if (right[0].equals("cgroup")) {
        Set<String> controllers = controllers(right[2]);
        if (seen.add(controllers)) {
          String path = own.getOrDefault(controllers.iterator().next(), "/");
          v1.add(new Hierarchy(1, controllers, mountPoint, position(mountPoint, root, path)));
        }
      }
    }
    return new CgroupLayout(v1, v2, true);
  }

  /** The path of this process by controller; the empty name is v2's. */
  private static Map<String, String> ownPaths(String selfCgroup) {
    Map<String, String> paths = new HashMap<>();
    for (String line : selfCgroup.lines().toList()) {
      String[] fields = line.split(":", 3);
      for (String controller : fields[1].split(",")) {
        paths.put(controller, fields[2]);
      }
    }
    return paths;
  }

  /**
   * A mount may show only a part of its hierarchy: {@code root} is the path of what is seen at its
   * top. Outside of it, or when the root is above what the namespace shows, the top has to do.
   */
  private static Path position(Path mountPoint, String root, String own) {
    String below =
        root.equals("/") ? own : own.startsWith(root) ? own.substring(root.length()) : "/";
    if (below.contains("..")) {
      return mountPoint;
    }
    return mountPoint.resolve(below.replaceFirst("^/+", "")).normalize();
  }

  private static Set<String> controllers(String superOptions) {
    Set<String> controllers = new HashSet<>(List.of(superOptions.split(",")));
    controllers.removeIf(
        option ->
            OTHER_OPTIONS.contains(option)
                || (option.contains("=") && !option.startsWith("name=")));
    return controllers.isEmpty() ? Set.of("name=") : controllers;
  }

  private static Set<String> offered(Path mountPoint) {
    String controllers =
        CgroupFiles.readIfPossible(mountPoint.resolve("cgroup.controllers")).orElse("");
    return controllers.isEmpty() ? Set.of() : Set.of(controllers.split(" "));
  }

  /** mountinfo writes blank, tab, newline and backslash as three octal digits. */
  private static String unescape(String field) {
    return field
        .replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }
}
