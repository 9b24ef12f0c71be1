package io.jollyboat.linux.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The security module AppArmor, as far as it concerns one profile for one process. */
public final class AppArmor {
  private static final String UNCONFINED = "unconfined";

  private final Path sys;

  private AppArmor(Path sys) {
    this.sys = sys;
  }

  public static AppArmor ofThisMachine() {
    return new AppArmor(Path.of("/sys"));
  }

  /**
   * @param sys what is at /sys
   */
  static AppArmor at(Path sys) {
    return new AppArmor(sys);
  }

  /** Whether the kernel enforces profiles. */
  public boolean isEnabled() {
    return read(sys.resolve("module/apparmor/parameters/enabled")).startsWith("Y");
  }

  /**
   * Whether a process has to change to this profile.
   *
   * @throws IllegalArgumentException if it cannot
   */
  public boolean needs(String profile) {
    if (!isEnabled()) {
      if (profile.equals(UNCONFINED)) {
        return false;
      }
      throw new IllegalArgumentException(
          "the AppArmor profile "
              + profile
              + " cannot be used: this kernel does not enforce AppArmor (/sys/module/apparmor says"
              + " so); boot with apparmor=1 security=apparmor, or ask for no profile");
    }
    Path loaded = sys.resolve("kernel/security/apparmor/profiles");
    boolean known =
        profile.equals(UNCONFINED)
            || !Files.isReadable(loaded)
            || read(loaded).lines().anyMatch(line -> line.startsWith(profile + " ("));
    if (!known) {
      throw new IllegalArgumentException(
          "the AppArmor profile "
              + profile
              + " is not loaded: load it with apparmor_parser -r FILE");
    }
    return true;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }
}
