package io.jollyboat.runtime;

import io.jollyboat.linux.launcher.CapabilitySets;
import io.jollyboat.linux.launcher.Operations;
import io.jollyboat.linux.launcher.OperationsBuilder;
import io.jollyboat.linux.launcher.StartSteps;
import io.jollyboat.linux.security.Capabilities;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The operations by which a process becomes the program, in a new container or one that runs. */
final class ProgramSteps {
  private static final Path APP_ARMOR = Path.of("/sys/module/apparmor/parameters/enabled");
  private static final Path SELINUX = Path.of("/sys/fs/selinux/enforce");

  private final OperationsBuilder operations;
  private final ProcessConfig process;
  private final RuntimeLog log;

  ProgramSteps(OperationsBuilder operations, ProcessConfig process, RuntimeLog log) {
    this.operations = operations;
    this.process = process;
    this.log = log;
  }

  static boolean hasAppArmor() {
    return Files.exists(APP_ARMOR);
  }

  static boolean hasSelinux() {
    return Files.exists(SELINUX);
  }

  /** Through the host's /proc: before the root is left or another's entered. */
  void onTheHost() {
    process
        .oomScore()
        .ifPresent(
            score -> operations.writeFile("/proc/self/oom_score_adj", Integer.toString(score)));
  }

  /** As {@link #onTheHost}; for the next program that is executed, so after all hooks there. */
  void labels() {
    process
        .appArmorProfile()
        .filter(profile -> !profile.equals("unconfined"))
        .ifPresent(
            profile -> {
              if (!hasAppArmor()) {
                throw new RuntimeFailure(
                    "process.apparmorProfile: this kernel has no AppArmor for \"" + profile + "\"");
              }
              operations.writeFile("/proc/self/attr/apparmor/exec", "exec " + profile);
            });
    process
        .selinuxLabel()
        .ifPresent(
            label -> {
              if (!hasSelinux()) {
                throw new RuntimeFailure(
                    "process.selinuxLabel: this kernel has no SELinux for \"" + label + "\"");
              }
              operations.writeFile("/proc/self/attr/exec", label);
            });
  }

  /** Limits and priorities. */
  void limits() {
    process
        .limits()
        .forEach(limit -> operations.limit(limit.resource(), limit.soft(), limit.hard()));
    process.schedule().apply(operations);
  }

  /**
   * The rights, and the program. The filter comes last where it can: then it need not allow what
   * the launcher still does; without no_new_privs the kernel wants a capability for it.
   */
  Operations become(
      Optional<Fields> seccomp,
      SeccompListener listener,
      Capabilities held,
      PreservedDescriptors preserved) {
    CapabilityConfig wanted = process.capabilities();
    warn(wanted, held);
    CapabilityConfig given = wanted.within(held);
    Optional<Machine.Filter> filter = Machine.filter(seccomp, given.bounding());
    process.user().umask().ifPresent(operations::umask);
    StartSteps start = new StartSteps(operations);
    listener.addTo(start);
    start.preserve(preserved.descriptors());
    operations.workingDirectory(process.cwd());
    if (process.noNewPrivileges()) {
      operations.noNewPrivileges();
    }
    operations.boundingSet(given.bounding().bits());
    if (!process.noNewPrivileges()) {
      filter.ifPresent(f -> operations.seccomp(f.program().bytes(), f.flags()));
    }
    ProcessConfig.User user = process.user();
    operations.ids(user.uid(), user.gid(), user.groups());
    operations.capabilities(
        new CapabilitySets(
            given.effective().bits(),
            given.permitted().bits(),
            given.inheritable().bits(),
            given.ambient().bits()));
    if (process.noNewPrivileges()) {
      filter.ifPresent(f -> operations.seccomp(f.program().bytes(), f.flags()));
    }
    return operations.execute(process.arguments(), process.environment());
  }

  private void warn(CapabilityConfig wanted, Capabilities held) {
    if (!wanted.unknown().isEmpty()) {
      log.warn("capabilities that are not known are left out: " + wanted.unknown());
    }
    List<String> missing = wanted.missingFrom(held);
    if (!missing.isEmpty()) {
      log.warn("capabilities that this process does not have cannot be given: " + missing);
    }
  }
}
