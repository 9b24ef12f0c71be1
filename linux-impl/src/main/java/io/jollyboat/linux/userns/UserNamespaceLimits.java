package io.jollyboat.linux.userns;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What can keep a user from making user namespaces, and what to do about it. */
public final class UserNamespaceLimits {
  private static final Path SYSCTLS = Path.of("/proc/sys");

  private UserNamespaceLimits() {}

  /** Why no ordinary user may make one here, with the remedy; nothing when none is known. */
  public static Optional<Refusal> refusal() {
    if (!Files.exists(Path.of("/proc/self/ns/user"))) {
      return Optional.of(
          new Refusal(
              "the kernel has no user namespaces",
              "boot a kernel with CONFIG_USER_NS, or be root"));
    }
    if (is("user/max_user_namespaces", "0")) {
      return Optional.of(
          new Refusal(
              "user.max_user_namespaces is 0",
              "as root: sysctl -w user.max_user_namespaces=15000"));
    }
    if (is("kernel/unprivileged_userns_clone", "0")) {
      return Optional.of(
          new Refusal(
              "kernel.unprivileged_userns_clone is 0",
              "as root: sysctl -w kernel.unprivileged_userns_clone=1"));
    }
    if (is("kernel/apparmor_restrict_unprivileged_userns", "1")) {
      return Optional.of(
          new Refusal(
              "AppArmor keeps unconfined programs from using user namespaces"
                  + " (kernel.apparmor_restrict_unprivileged_userns is 1)",
              "give the java program a profile with the rule \"userns,\", or as root: sysctl -w"
                  + " kernel.apparmor_restrict_unprivileged_userns=0"));
    }
    return Optional.empty();
  }

  /**
   * A reason and a remedy.
   *
   * @param reason as a clause
   * @param remedy as an order
   */
  public record Refusal(String reason, String remedy) {}

  static String remedy(boolean exhausted) {
    if (exhausted) {
      return "all that the machine allows are in use or none are allowed: as root, raise"
          + " user.max_user_namespaces";
    }
    return refusal()
        .map(refusal -> refusal.reason() + ": " + refusal.remedy())
        .orElse(
            "inside another container its seccomp filter or its root may forbid it (Docker:"
                + " --security-opt seccomp=unconfined, or --privileged); otherwise run as root");
  }

  private static boolean is(String name, String value) {
    try {
      return Files.readString(SYSCTLS.resolve(name)).strip().equals(value);
    } catch (IOException e) {
      return false; // not there: nothing that forbids
    }
  }
}
