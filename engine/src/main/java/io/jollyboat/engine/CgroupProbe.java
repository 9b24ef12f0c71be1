package io.jollyboat.engine;

import io.jollyboat.linux.cgroup.CgroupLayout;
import io.jollyboat.linux.cgroup.Cgroups;
import java.nio.file.Files;
import java.nio.file.Path;
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
    CgroupLayout layout = CgroupLayout.detect();
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
              : "run as root, or on cgroup v2 have systemd delegate a group: systemd-run --user"
                  + " --scope -p Delegate=yes PROGRAM");
    }
  }

  private void controllers(CgroupLayout layout) {
    Set<String> offered = new TreeSet<>();
    if (layout.unified()) {
      String all = Findings.text("/sys/fs/cgroup/cgroup.controllers");
      offered.addAll(List.of(all.split(" ")));
    } else {
      offered.addAll(
          layout.v1().stream()
              .flatMap(hierarchy -> hierarchy.controllers().stream())
              .map(name -> name.equals("blkio") ? "io" : name)
              .collect(Collectors.toSet()));
      if (Files.exists(Path.of("/sys/fs/cgroup/unified/cgroup.controllers"))) {
        String all = Findings.text("/sys/fs/cgroup/unified/cgroup.controllers");
        offered.addAll(List.of(all.split(" ")));
      }
    }
    for (String controller : CONTROLLERS) {
      findings.either(
          offered.contains(controller),
          "cgroup " + controller,
          "no hierarchy has the controller " + controller + ": its limits are refused",
          root
              ? "boot a kernel that has it, without cgroup_disable="
                  + controller
                  + " on its command line"
              : "have it delegated: a drop-in for user@.service with Delegate="
                  + String.join(" ", CONTROLLERS));
    }
  }
}
