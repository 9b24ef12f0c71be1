package io.jollyboat.runtime;

import io.jollyboat.linux.cgroup.CgroupLayout;
import io.jollyboat.linux.security.Capabilities;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What this runtime can do (features.md, features-linux.md). */
final class Features {
  private static final List<String> SECCOMP_ACTIONS =
      List.of(
          "SCMP_ACT_ALLOW",
          "SCMP_ACT_ERRNO",
          "SCMP_ACT_KILL",
          "SCMP_ACT_KILL_PROCESS",
          "SCMP_ACT_KILL_THREAD",
          "SCMP_ACT_LOG",
          "SCMP_ACT_NOTIFY",
          "SCMP_ACT_TRACE",
          "SCMP_ACT_TRAP");
  private static final List<String> SECCOMP_OPERATORS =
      List.of(
          "SCMP_CMP_EQ",
          "SCMP_CMP_GE",
          "SCMP_CMP_GT",
          "SCMP_CMP_LE",
          "SCMP_CMP_LT",
          "SCMP_CMP_MASKED_EQ",
          "SCMP_CMP_NE");
  private static final List<String> SECCOMP_FLAGS =
      List.of(
          "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_TSYNC");

  private Features() {}

  static Map<String, Object> document(CgroupLayout layout) {
    Map<String, Object> features = new LinkedHashMap<>();
    features.put("ociVersionMin", "1.0.0");
    features.put("ociVersionMax", Program.SPECIFICATION);
    features.put(
        "hooks",
        List.of(
            "prestart",
            "createRuntime",
            "createContainer",
            "startContainer",
            "poststart",
            "poststop"));
    features.put("mountOptions", MountOptions.names());
    features.put("linux", linux(layout));
    features.put("potentiallyUnsafeConfigAnnotations", List.of());
    return features;
  }

  private static Map<String, Object> linux(CgroupLayout layout) {
    Map<String, Object> linux = new LinkedHashMap<>();
    linux.put("namespaces", LinuxConfig.kinds());
    linux.put("capabilities", Capabilities.ALL.names());
    Map<String, Object> cgroup = new LinkedHashMap<>();
    cgroup.put("v1", !layout.v1().isEmpty());
    cgroup.put("v2", layout.v2().isPresent());
    cgroup.put("systemd", layout.unified());
    cgroup.put("systemdUser", false);
    cgroup.put("rdma", true);
    linux.put("cgroup", cgroup);
    Map<String, Object> seccomp = new LinkedHashMap<>();
    seccomp.put("enabled", true);
    seccomp.put("actions", SECCOMP_ACTIONS);
    seccomp.put("operators", SECCOMP_OPERATORS);
    seccomp.put("knownFlags", SECCOMP_FLAGS);
    seccomp.put("supportedFlags", SECCOMP_FLAGS);
    linux.put("seccomp", seccomp);
    linux.put("apparmor", Map.of("enabled", ProgramSteps.hasAppArmor()));
    linux.put("selinux", Map.of("enabled", ProgramSteps.hasSelinux()));
    linux.put("intelRdt", Map.of("enabled", false));
    linux.put("mountExtensions", Map.of("idmap", Map.of("enabled", true)));
    return linux;
  }
}
