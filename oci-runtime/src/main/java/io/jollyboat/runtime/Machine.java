package io.jollyboat.runtime;

import io.jollyboat.linux.cgroup.CgroupLayout;
import io.jollyboat.linux.launcher.Follower;
import io.jollyboat.linux.launcher.Launcher;
import io.jollyboat.linux.launcher.LauncherBinary;
import io.jollyboat.linux.security.Capabilities;
import io.jollyboat.linux.security.SeccompProgram;
import io.jollyboat.linux.security.SeccompPrograms;
import io.jollyboat.oci.OciFormatException;
import io.jollyboat.oci.SeccompProfile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What commands use of this machine: the composition root of the program. */
final class Machine implements AutoCloseable {
  private static final List<String> SECCOMP_FLAGS =
      List.of(
          "SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW");

  /** SECCOMP_FILTER_FLAG_NEW_LISTENER. */
  private static final long NEW_LISTENER = 8;

  private final CgroupLayout layout = CgroupLayout.detect();
  private final LauncherBinary binary;
  private final Launcher launcher;

  private Machine(LauncherBinary binary) {
    this.binary = binary;
    this.launcher = new Launcher(binary);
  }

  /**
   * @param directory a private one, for copies of the launcher where memory may not be executed
   */
  static Machine open(Path directory) {
    return new Machine(LauncherBinary.load(directory));
  }

  LauncherBinary binary() {
    return binary;
  }

  Launcher launcher() {
    return launcher;
  }

  Follower follower() {
    return new Follower(binary);
  }

  CgroupLayout layout() {
    return layout;
  }

  /** What this process may give on, from /proc/self/status. */
  static Capabilities held() {
    try {
      long bounding = -1;
      long permitted = -1;
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("CapBnd:")) {
          bounding = Long.parseUnsignedLong(line.substring(7).strip(), 16);
        } else if (line.startsWith("CapPrm:")) {
          permitted = Long.parseUnsignedLong(line.substring(7).strip(), 16);
        }
      }
      return new Capabilities(bounding & permitted);
    } catch (IOException e) {
      throw new RuntimeFailure("cannot read /proc/self/status: " + e.getMessage(), e);
    }
  }

  /** Whether this process is in the machine's own user namespace. */
  static boolean isOwnUsers() {
    try {
      String map = Files.readString(Path.of("/proc/self/uid_map"));
      return map.strip().matches("0 +0 +4294967295");
    } catch (IOException e) {
      throw new RuntimeFailure("cannot read /proc/self/uid_map: " + e.getMessage(), e);
    }
  }

  /** Whether this process is the machine's root, whatever a user namespace calls it. */
  static boolean isSystemRoot() {
    return isOwnUsers() && "root".equals(System.getProperty("user.name"));
  }

  /**
   * A filter and how it is loaded.
   *
   * @param flags of seccomp(2)
   */
  record Filter(SeccompProgram program, long flags) {}

  /** The filter of {@code linux.seccomp}. */
  static Optional<Filter> filter(Optional<Fields> seccomp, Capabilities bounding) {
    return seccomp.map(
        fields -> {
          Map<String, Object> members = new LinkedHashMap<>(fields.members());
          boolean listener = fields.text("listenerPath").isPresent();
          members.keySet().removeAll(List.of("listenerPath", "listenerMetadata"));
          return filter(members, listener, bounding);
        });
  }

  private static Filter filter(
      Map<String, Object> seccomp, boolean listener, Capabilities bounding) {
    try {
      SeccompProfile profile =
          SeccompProfile.parseWithListener(Json.write(seccomp).getBytes(StandardCharsets.UTF_8));
      long flags = 0;
      for (String flag : profile.flags()) {
        int bit = SECCOMP_FLAGS.indexOf(flag);
        if (bit < 0) {
          throw new RuntimeFailure("linux.seccomp.flags: " + flag + " is not supported");
        }
        flags |= 1L << bit;
      }
      if (profile.notifies()) {
        checkListener(profile, listener);
        // One thread has no others to be in step with, and the kernel refuses both at once.
        flags = (flags & ~1L) | NEW_LISTENER;
      }
      return new Filter(SeccompPrograms.ofThisMachine().custom(profile, bounding), flags);
    } catch (OciFormatException e) {
      throw new RuntimeFailure("linux.seccomp: " + e.getMessage(), e);
    }
  }

  private static void checkListener(SeccompProfile profile, boolean listener) {
    if (!listener) {
      throw new RuntimeFailure("linux.seccomp: SCMP_ACT_NOTIFY needs a listenerPath");
    }
    if (profile.notifiesOf("sendmsg")) {
      throw new RuntimeFailure(
          "linux.seccomp: sendmsg cannot be SCMP_ACT_NOTIFY: by it the listener gets to know");
    }
  }

  @Override
  public void close() {
    launcher.close();
    binary.close();
  }
}
