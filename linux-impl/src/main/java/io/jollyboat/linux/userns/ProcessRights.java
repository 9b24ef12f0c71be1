package io.jollyboat.linux.userns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Who this process is and what it may do, from its files below /proc. Immutable.
 *
 * @param user effective
 * @param group effective
 * @param capabilities effective, as bits
 * @param users what its users are outside of its own user namespace
 */
public record ProcessRights(
    long user, long group, long capabilities, IdTable users, IdTable groups) {
  private static final int SETGID = 6;
  private static final int SETUID = 7;
  private static final int SYS_ADMIN = 21;
  private static final int SYS_RESOURCE = 24;
  private static final IdRange EVERYBODY = new IdRange(0, 0, 4_294_967_295L);

  /** Of the process that calls. */
  public static ProcessRights ofThisProcess() {
    try {
      long user = -1;
      long group = -1;
      long capabilities = 0;
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        String[] words = line.split("\\s+");
        switch (words[0]) {
          case "Uid:" -> user = Long.parseLong(words[2]);
          case "Gid:" -> group = Long.parseLong(words[2]);
          case "CapEff:" -> capabilities = Long.parseUnsignedLong(words[1], 16);
          default -> {}
        }
      }
      return new ProcessRights(user, group, capabilities, table("uid_map"), table("gid_map"));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read who this process is: is /proc mounted?", e);
    }
  }

  private static IdTable table(String name) throws IOException {
    List<IdRange> ranges = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("/proc/self", name))) {
      String[] words = line.strip().split("\\s+");
      ranges.add(
          new IdRange(
              Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2])));
    }
    return ranges.isEmpty() ? new IdTable(List.of(EVERYBODY)) : new IdTable(ranges);
  }

  /**
   * Whether it is root of the machine and may mount: then it needs no user namespace. Root in a
   * container of somebody else's lacks the capability, or is root of a user namespace only.
   */
  public boolean isRootOfMachine() {
    return user == 0 && has(SYS_ADMIN) && isEverybody(users);
  }

  /** Without a record's own equality, for which the JVM makes code when it is first asked. */
  private static boolean isEverybody(IdTable table) {
    IdRange first = table.ranges().get(0);
    return first.inside() == 0 && first.outside() == 0 && first.count() == EVERYBODY.count();
  }

  /** Whether it may map any ids of its own namespace into one that it makes. */
  public boolean mapsIds() {
    return has(SETUID) && has(SETGID);
  }

  /** Whether it may raise limits. */
  public boolean raisesLimits() {
    return has(SYS_RESOURCE);
  }

  private boolean has(int capability) {
    return (capabilities >>> capability & 1) != 0;
  }
}
