package io.jollyboat.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A range of ids inside a user namespace and what they are outside (user_namespaces(7)). */
record IdMapping(long inside, long outside, long count) {

  /** The maps of users and of groups. */
  record Both(List<IdMapping> users, List<IdMapping> groups) {
    Both {
      users = List.copyOf(users);
      groups = List.copyOf(groups);
    }

    /** The members {@code uidMappings} and {@code gidMappings}, of which none or both are there. */
    static Both of(Fields fields) {
      Both both = new Both(list(fields, "uidMappings"), list(fields, "gidMappings"));
      if (both.users.isEmpty() != both.groups.isEmpty()) {
        throw fields.error("uidMappings", "those of users and of groups go together");
      }
      return both;
    }

    boolean isGiven() {
      return !users.isEmpty();
    }

    private static List<IdMapping> list(Fields fields, String name) {
      List<IdMapping> mappings = new ArrayList<>();
      for (Fields mapping : fields.objects(name)) {
        mappings.add(
            new IdMapping(
                number(mapping, "containerID"),
                number(mapping, "hostID"),
                number(mapping, "size")));
      }
      return mappings;
    }

    private static long number(Fields fields, String name) {
      return fields.number(name).orElseThrow(() -> fields.error(name, "is missing"));
    }
  }

  /** As the kernel takes a map. */
  static String lines(List<IdMapping> map) {
    return map.stream().map(IdMapping::toString).collect(Collectors.joining("\n"));
  }

  /** The map of users of a process's namespace. */
  static List<IdMapping> ofProcess(int pid) {
    List<IdMapping> map = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/uid_map"))) {
        String[] numbers = line.strip().split(" +");
        map.add(
            new IdMapping(
                Long.parseLong(numbers[0]),
                Long.parseLong(numbers[1]),
                Long.parseLong(numbers[2])));
      }
      return map;
    } catch (IOException e) {
      throw new RuntimeFailure("cannot read the user ids of process " + pid, e);
    }
  }

  /** What {@code id} is outside. */
  static int outside(List<IdMapping> map, int id) {
    long wanted = Integer.toUnsignedLong(id);
    for (IdMapping mapping : map) {
      if (wanted >= mapping.inside && wanted < mapping.inside + mapping.count) {
        return (int) (mapping.outside + wanted - mapping.inside);
      }
    }
    throw new RuntimeFailure("process.user: the user namespace has no user " + wanted);
  }

  /** A line of a map. */
  @Override
  public String toString() {
    return inside + " " + outside + " " + count;
  }
}
