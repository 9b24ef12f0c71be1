package io.jollyboat.build;

import io.jollyboat.oci.Healthcheck;
import io.jollyboat.oci.History;
import io.jollyboat.oci.ImageConfig;
import java.util.TreeMap;

/**
 * What an image is, for the keys of steps on it: its layers, configuration and history, but not
 * when any of it was made.
 */
final class ResultKey {
  private ResultKey() {}

  static String of(ImageConfig config) {
    KeyText text = new KeyText();
    text.add("platform", config.platform().toString());
    config.diffIds().forEach(layer -> text.add("layer", layer.toString()));
    for (History entry : config.history()) {
      text.add("history", entry.emptyLayer() + " " + entry.createdBy());
    }
    config.author().ifPresent(author -> text.add("author", author));
    HostBase.key(config).ifPresent(key -> text.add("host", key));
    text.add("user", config.user().orElse(""));
    text.add("workdir", config.workingDir().orElse(""));
    text.addAll("env", config.env());
    text.addAll("entrypoint", config.entrypoint());
    text.addAll("cmd", config.cmd());
    text.addAll("shell", config.shell());
    text.addAll("port", config.exposedPorts());
    text.addAll("volume", config.volumes());
    text.addAll("trigger", config.onBuild());
    text.add("signal", config.stopSignal().orElse(""));
    text.add("healthcheck", config.healthcheck().map(Healthcheck::toString).orElse(""));
    new TreeMap<>(config.labels()).forEach((k, v) -> text.add("label", k).add("is", v));
    return text.digest().toString();
  }
}
