package io.jollyboat.test;

import io.jollyboat.linux.cgroup.CgroupLayout;
import io.jollyboat.linux.cgroup.Hierarchy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * Groups that root gives to a user by hand, in every hierarchy of this machine: the directory and
 * the files that say who is in it, as cgroups(7) has it.
 */
public final class DelegatedGroups implements AutoCloseable {
  private static final List<String> GIVEN =
      List.of("tasks", "cgroup.procs", "cgroup.threads", "cgroup.subtree_control");

  private final List<Path> groups = new ArrayList<>();
  private final boolean unified;

  /**
   * @param uid who gets them
   */
  public DelegatedGroups(int uid) {
    CgroupLayout layout = CgroupLayout.detect();
    unified = layout.unified();
    String name = "jollyboat-given-" + ProcessHandle.current().pid();
    try {
      if (unified) {
        Path top = layout.v2().orElseThrow().mountPoint();
        Files.writeString(top.resolve("cgroup.subtree_control"), "+memory +pids +cpu");
        give(Files.createDirectory(top.resolve(name)), uid);
        return;
      }
      for (Hierarchy hierarchy : layout.v1()) {
        Path group = Files.createDirectory(hierarchy.mountPoint().resolve(name));
        for (String file : List.of("cpuset.cpus", "cpuset.mems")) {
          if (Files.exists(group.resolve(file))) {
            String all = Files.readString(hierarchy.mountPoint().resolve(file));
            Files.writeString(group.resolve(file), all);
          }
        }
        give(group, uid);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void give(Path group, int uid) throws IOException {
    groups.add(group);
    Files.setAttribute(group, "unix:uid", uid);
    for (String file : GIVEN) {
      if (Files.exists(group.resolve(file))) {
        Files.setAttribute(group.resolve(file), "unix:uid", uid);
      }
    }
  }

  /** Whether they are one group of v2. */
  public boolean unified() {
    return unified;
  }

  /** The group of a controller, of those that have one. */
  public Path of(String controller) {
    return unified
        ? groups.get(0)
        : groups.stream()
            .filter(group -> List.of(name(group).split(",")).contains(controller))
            .findFirst()
            .orElseThrow();
  }

  private static String name(Path group) {
    return String.valueOf(group.subpath(0, group.getNameCount() - 1).getFileName());
  }

  /** Files into which a process writes 0 to be in them. */
  List<Path> members() {
    return groups.stream().map(group -> group.resolve("cgroup.procs")).toList();
  }

  /**
   * Groups that others have made in them; of v2 without the one that the user's own process has.
   */
  public List<String> below() {
    List<String> all = new ArrayList<>();
    for (Path group : groups) {
      try (Stream<Path> entries = Files.walk(group)) {
        entries
            .filter(path -> Files.isDirectory(path) && !path.equals(group))
            .map(path -> group.relativize(path).toString())
            .filter(path -> !path.equals("main"))
            .forEach(all::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return all;
  }

  @Override
  public void close() {
    for (Path group : groups) {
      try (Stream<Path> entries = Files.walk(group)) {
        List<Path> all = new ArrayList<>(entries.filter(Files::isDirectory).toList());
        Collections.reverse(all);
        for (Path directory : all) {
          Files.delete(directory);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
