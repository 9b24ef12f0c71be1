package io.jollyboat.engine;

import io.jollyboat.linux.cgroup.CgroupLayout;
import io.jollyboat.linux.cgroup.Cgroups;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Which limits can be kept. */
final class CgroupProbe {
  private static final List<String> CONTROLLERS =
      List.of("memory", "cpu", "cpuset", "pids", "io", "hugetlb");

  private final boolean root;
  private final Findings findings;

  CgroupProbe(boolean root, Findings findings) {
    this.root = root;
    this.findings = findings;
  }

  void look() {
    CgroupLayout layout = ControlGroups.usable(root);
    Optional<String> problem = Cgroups.problem(layout);
    if (problem.isEmpty()) {
      findings.available("cgroups");
      controllers(layout);
    } else {
      findings.degraded(
          "cgroups",
          problem.get() + ": containers run, and a limit that is asked for is refused",
          root
              ? "mount them: mount -t cgroup2 cgroup2 /sys/fs/cgroup"
              : "on cgroup v2: systemd-run --user --scope -p Delegate=yes PROGRAM; on v1, as root,"
                  + " make a directory in each hierarchy, give it and its files tasks and"
                  + " cgroup.procs to this user, and start the program in it");
    }
  }

  private void controllers(CgroupLayout layout) {
    Set<String> offered = new TreeSet<>();
    if (layout.unified()) {
      String base = layout.v2().orElseThrow().base().toString();
      String all = Findings.text(base + "/cgroup.controllers");
      offered.addAll(List.of(all.split(" ")));
    } else {
      offered.addAll(
          layout.v1().stream()
              .flatMap(hierarchy -> hierarchy.controllers().stream())
              .map(name -> name.equals("blkio") ? "io" : name)
              .collect(Collectors.toSet()));
      layout
          .v2()
          .map(unified -> Findings.text(unified.base() + "/cgroup.controllers"))
          .ifPresent(all -> offered.addAll(List.of(all.split(" "))));
    }
    for (String controller : CONTROLLERS) {
      findings.either(
          offered.contains(controller),
          "cgroup " + controller,
          (root ? "no hierarchy has the controller " : "this user was not given the controller ")
              + controller
              + ": its limits are refused",
          root
              ? "boot a kernel that has it, without cgroup_disable="
                  + controller
                  + " on its command line"
              : "have it delegated: on v2 by a drop-in for user@.service with Delegate="
                  + String.join(" ", CONTROLLERS)
                  + "; on v1 root gives the user a group of its hierarchy");
    }
  }
}
