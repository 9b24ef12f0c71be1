package io.jollyboat.build;

import io.jollyboat.oci.Platform;
import java.util.LinkedHashMap;
import java.util.Map;

/** The arguments that every build has and an ARG brings into a stage: BUILDPLATFORM and its kin. */
final class PlatformArguments {
  private PlatformArguments() {}

  static Map<String, String> of(Platform target, String targetStage) {
    Map<String, String> arguments = new LinkedHashMap<>();
    put(arguments, "BUILD", Platform.current());
    put(arguments, "TARGET", target);
    arguments.put("TARGETSTAGE", targetStage);
    return arguments;
  }

  private static void put(Map<String, String> arguments, String prefix, Platform platform) {
    arguments.put(prefix + "PLATFORM", platform.toString());
    arguments.put(prefix + "OS", platform.os());
    arguments.put(prefix + "OSVERSION", platform.osVersion());
    arguments.put(prefix + "ARCH", platform.architecture());
    arguments.put(prefix + "VARIANT", platform.variant());
  }
}
