package io.jollyboat.linux.userns;

import io.jollyboat.EngineUnavailableException;
import io.jollyboat.Probe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides which ids an ordinary user's namespace has, and writes them to the kernel. Immutable. */
final class IdMapping {
  private final ProcessRights rights;
  private final OwnerIds ids;
  private final Optional<Programs> programs;

  record Programs(Path users, Path groups) {}

  IdMapping(ProcessRights rights, OwnerIds ids, Optional<Programs> programs) {
    this.rights = rights;
    this.ids = ids;
    this.programs = programs;
  }

  /**
   * All ids of its own for root in a container; the user's subordinate ones where newuidmap is
   * installed and he has some; else only himself.
   */
  static IdMapping of(ProcessRights rights) {
    if (rights.user() == 0 && rights.mapsIds()) {
      OwnerIds all = new OwnerIds(within(rights.users()), within(rights.groups()), changesGroups());
      return new IdMapping(rights, all, Optional.empty());
    }
    String name = SubordinateIds.userName(rights.user());
    List<IdRange> users = SubordinateIds.of(SubordinateIds.USERS, rights.user(), name);
    List<IdRange> groups = SubordinateIds.of(SubordinateIds.GROUPS, rights.user(), name);
    Optional<Path> newUidMap = SubordinateIds.program("newuidmap");
    Optional<Path> newGidMap = SubordinateIds.program("newgidmap");
    if (users.isEmpty() || groups.isEmpty() || newUidMap.isEmpty() || newGidMap.isEmpty()) {
      users = List.of();
      groups = List.of();
    }
    OwnerIds ids =
        new OwnerIds(
            IdTable.of(rights.user(), users), IdTable.of(rights.group(), groups), !users.isEmpty());
    return new IdMapping(
        rights,
        ids,
        users.isEmpty()
            ? Optional.empty()
            : Optional.of(new Programs(newUidMap.get(), newGidMap.get())));
  }

  /** Where nobody may in this namespace, nobody may in one below it. */
  private static boolean changesGroups() {
    try {
      return !Files.readString(Path.of("/proc/self/setgroups")).strip().equals("deny");
    } catch (IOException e) {
      return true; // before Linux 3.19
    }
  }

  private static IdTable within(IdTable own) {
    return new IdTable(
        own.ranges().stream()
            .map(range -> new IdRange(range.inside(), range.inside(), range.count()))
            .toList());
  }

  OwnerIds ids() {
    return ids;
  }

  /** Writes the maps of the namespace that this process has just entered. */
  void write(int pid) {
    try {
      if (programs.isPresent()) {
        run(programs.get().users(), pid, ids.users());
        run(programs.get().groups(), pid, ids.groups());
        return;
      }
      Path files = Path.of("/proc", Integer.toString(pid));
      if (!ids.changesGroups()) {
        write(files.resolve("setgroups"), "deny");
      }
      write(files.resolve("uid_map"), ids.users().lines());
      write(files.resolve("gid_map"), ids.groups().lines());
    } catch (IOException e) {
      throw refused(e.getMessage(), e);
    }
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
  }

  private void run(Path program, int pid, IdTable table) throws IOException {
    List<String> words = new ArrayList<>(List.of(program.toString(), Integer.toString(pid)));
    table.ranges().forEach(range -> Collections.addAll(words, range.line().split(" ")));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw refused(program + " failed: " + said.strip(), null);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private EngineUnavailableException refused(@Nullable String why, @Nullable Throwable cause) {
    String reason = "the ids of user " + rights.user() + " cannot be mapped: " + why;
    String remedy =
        "check that newuidmap and newgidmap (package uidmap) are set-user-id root and that the"
            + " ranges in /etc/subuid and /etc/subgid are right";
    Probe.Capability capability =
        new Probe.Capability("user ids", Probe.Status.MISSING, reason, remedy);
    return new EngineUnavailableException(
        reason + "; " + remedy, new Probe(List.of(capability)), cause);
  }
}
