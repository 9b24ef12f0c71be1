package io.jollyboat.engine;

import io.jollyboat.linux.security.Capabilities;
import io.jollyboat.linux.userns.ProcessRights;
import io.jollyboat.linux.userns.SubordinateIds;
import io.jollyboat.linux.userns.UserNamespaceLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Who this process is, and what that lets it do. */
final class PrivilegeProbe {
  private final ProcessRights rights;
  private final Findings findings;

  PrivilegeProbe(ProcessRights rights, Findings findings) {
    this.rights = rights;
    this.findings = findings;
  }

  void look() {
    root();
    userNamespaces();
    if (!rights.isRootOfMachine()) {
      userIds();
    }
    capabilities();
    lowPorts();
    appArmor();
  }

  private void root() {
    findings.either(
        rights.isRootOfMachine(),
        "root",
        "this process is user "
            + rights.user()
            + " and not root of the machine: containers live in a user namespace, without bridges,"
            + " and with limits only where control groups are delegated",
        "nothing needs doing where that is enough; otherwise run the program as root");
  }

  private void userNamespaces() {
    Optional<UserNamespaceLimits.Refusal> refusal = UserNamespaceLimits.refusal();
    if (refusal.isEmpty()) {
      findings.available("user namespaces");
    } else if (rights.isRootOfMachine()) {
      findings.degraded(
          "user namespaces",
          refusal.get().reason() + ", so sandboxes and Image.host() may be refused theirs",
          refusal.get().remedy());
    } else {
      findings.missing("user namespaces", refusal.get().reason(), refusal.get().remedy());
    }
  }

  private void userIds() {
    if (rights.user() == 0 && rights.mapsIds()) {
      findings.available("user ids");
      return;
    }
    String name = SubordinateIds.userName(rights.user());
    List<String> lacking = new ArrayList<>();
    for (Path file : List.of(SubordinateIds.USERS, SubordinateIds.GROUPS)) {
      if (SubordinateIds.of(file, rights.user(), name).isEmpty()) {
        lacking.add("a range in " + file);
      }
    }
    for (String program : List.of("newuidmap", "newgidmap")) {
      if (SubordinateIds.program(program).isEmpty()) {
        lacking.add(program);
      }
    }
    String who = name.isEmpty() ? Long.toString(rights.user()) : name;
    findings.either(
        lacking.isEmpty(),
        "user ids",
        "there is no "
            + String.join(", no ", lacking)
            + ": containers have a single id, 0, to which all their files belong",
        "as root: install the package uidmap, then usermod --add-subuids 100000-165535"
            + " --add-subgids 100000-165535 "
            + who);
  }

  private void capabilities() {
    if (!rights.isRootOfMachine()) {
      return; // all that matter it has in its user namespace
    }
    List<String> lacking = Capabilities.ALL.without(Capabilities.ofThisProcess()).names();
    findings.either(
        lacking.isEmpty(),
        "capabilities",
        "this process is root without "
            + String.join(", ", lacking)
            + ", which containers cannot have either",
        "start it with them where a container is to have them");
  }

  private void lowPorts() {
    String first = Findings.text("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    boolean any = rights.isRootOfMachine() || first.equals("0");
    findings.either(
        any,
        "ports below 1024",
        "this user may publish ports from " + (first.isEmpty() ? "1024" : first) + " on only",
        "as root: sysctl -w net.ipv4.ip_unprivileged_port_start=80; or publish a higher port");
  }

  private void appArmor() {
    findings.either(
        Findings.text("/sys/module/apparmor/parameters/enabled").equals("Y"),
        "AppArmor",
        "the kernel does not use it: capabilities, the seccomp filter and namespaces confine"
            + " containers, and no profile does besides",
        "boot with apparmor=1 security=apparmor where profiles are wanted");
  }
}
