package io.jollyboat.it;

import io.jollyboat.oci.ImageConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/** An image's configuration as lines, less what no two builders have in common. */
final class ConfigText {
  private ConfigText() {}

  static String of(ImageConfig config) {
    List<String> lines = new ArrayList<>();
    lines.add("platform " + config.os() + "/" + config.architecture());
    lines.add("author " + config.author().filter(author -> !author.isEmpty()));
    lines.add("user " + config.user().filter(user -> !user.isEmpty()));
    lines.add("ports " + new TreeSet<>(config.exposedPorts()));
    new TreeSet<>(config.env()).forEach(variable -> lines.add("env " + variable));
    lines.add("entrypoint " + config.entrypoint());
    lines.add("cmd " + config.cmd());
    lines.add("volumes " + new TreeSet<>(config.volumes()));
    // An image that names no directory starts in the root, whichever way it says so.
    lines.add("workdir " + config.workingDir().filter(dir -> !dir.isEmpty()).orElse("/"));
    lines.add("labels " + new TreeMap<>(config.labels()));
    lines.add("stop " + config.stopSignal().filter(signal -> !signal.isEmpty()));
    lines.add("health " + config.healthcheck());
    lines.add("shell " + config.shell());
    lines.add("onbuild " + config.onBuild());
    return String.join("\n", lines) + "\n";
  }
}
