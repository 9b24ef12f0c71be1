package io.jollyboat.linux.security;

import io.jollyboat.IdMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** The ids that exist in a user namespace and what they are outside: user_namespaces(7). */
public record IdMaps(List<IdMap> users, List<IdMap> groups) {
  private static final IdMap SAME = new IdMap(0, 0, 4_294_967_295L);

  /** Every id means itself: the namespace only bounds capabilities. */
  public static final IdMaps IDENTITY = new IdMaps(List.of(SAME), List.of(SAME));

  /** What the kernel takes since 4.15. */
  private static final int MOST_LINES = 340;

  /**
   * @throws IllegalArgumentException for maps that the kernel would refuse, and for those without
   *     root: files of an image belong to it
   */
  public IdMaps {
    users = checked(users, "users");
    groups = checked(groups, "groups");
  }

  private static List<IdMap> checked(List<IdMap> maps, String what) {
    if (maps.size() > MOST_LINES) {
      throw new IllegalArgumentException(
          "the kernel takes " + MOST_LINES + " maps of " + what + ", not " + maps.size());
    }
    refuseOverlap(maps, Comparator.comparingLong(IdMap::inside), what);
    refuseOverlap(maps, Comparator.comparingLong(IdMap::outside), what);
    if (outside(maps, 0).isEmpty()) {
      throw new IllegalArgumentException(
          "the maps of "
              + what
              + " lack id 0, to which the files of an image belong: begin with 0");
    }
    return List.copyOf(maps);
  }

  private static void refuseOverlap(List<IdMap> maps, Comparator<IdMap> order, String what) {
    List<IdMap> sorted = new ArrayList<>(maps);
    sorted.sort(order);
    for (int i = 1; i < sorted.size(); i++) {
      IdMap before = sorted.get(i - 1);
      IdMap last =
          new IdMap(before.inside() + before.count() - 1, before.outside() + before.count() - 1, 1);
      if (order.compare(last, sorted.get(i)) >= 0) {
        throw new IllegalArgumentException(
            "two maps of " + what + " overlap: " + before + " and " + sorted.get(i));
      }
    }
  }

  public boolean isIdentity() {
    return equals(IDENTITY);
  }

  /**
   * @throws IllegalArgumentException for a user that does not exist inside
   */
  public int userOutside(int inside) {
    return (int)
        outside(users, Integer.toUnsignedLong(inside))
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "user "
                            + Integer.toUnsignedString(inside)
                            + " is not among the ids of the container's user namespace: map it, or"
                            + " choose another user"));
  }

  /** Empty for a group that does not exist inside. */
  public OptionalLong groupOutside(int inside) {
    return outside(groups, Integer.toUnsignedLong(inside));
  }

  private static OptionalLong outside(List<IdMap> maps, long inside) {
    return maps.stream()
        .filter(map -> map.inside() <= inside && inside < map.inside() + map.count())
        .mapToLong(map -> map.outside() + inside - map.inside())
        .findFirst();
  }

  /** Lines of /proc/PID/uid_map. */
  public String userLines() {
    return lines(users);
  }

  /** Lines of /proc/PID/gid_map. */
  public String groupLines() {
    return lines(groups);
  }

  private static String lines(List<IdMap> maps) {
    return maps.stream()
        .map(map -> map.inside() + " " + map.outside() + " " + map.count())
        .collect(Collectors.joining("\n"));
  }
}
