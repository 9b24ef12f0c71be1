package io.jollyboat.oci;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes an {@link ImageConfig}. An empty text or collection removes what was there. Not safe for
 * use by several threads.
 */
public final class ImageConfigBuilder {
  private static final Set<String> KNOWN =
      Set.of(
          "created",
          "author",
          "architecture",
          "os",
          "os.version",
          "os.features",
          "variant",
          "config",
          "rootfs",
          "history");

  private final JsonObject json;

  ImageConfigBuilder(JsonObject json) {
    this.json = json;
  }

  static ImageConfigBuilder start(Platform platform) {
    JsonObject json = JsonObject.empty(ImageConfig.WHAT);
    JsonObject rootfs = json.objectToChange("rootfs");
    rootfs.set("type", "layers");
    rootfs.members().put("diff_ids", new ArrayList<>());
    return new ImageConfigBuilder(json).platform(platform);
  }

  @CanIgnoreReturnValue
  public ImageConfigBuilder platform(Platform platform) {
    json.members().put("architecture", platform.architecture());
    json.members().put("os", platform.os());
    json.set("variant", platform.variant());
    json.set("os.version", platform.osVersion());
    json.set("os.features", platform.osFeatures());
    return this;
  }

  @CanIgnoreReturnValue
  public ImageConfigBuilder created(Instant created) {
    json.set("created", created.toString());
    return this;
  }

  @CanIgnoreReturnValue
  public ImageConfigBuilder author(String author) {
    json.set("author", author);
    return this;
  }

  /** Adds a layer on top, and how it came about. */
  @CanIgnoreReturnValue
  public ImageConfigBuilder layer(Digest diffId, History history) {
    List<Object> diffIds = new ArrayList<>(json.objectToChange("rootfs").strings("diff_ids"));
    diffIds.add(diffId.toString());
    json.objectToChange("rootfs").set("diff_ids", diffIds);
    return history(history);
  }

  /** Adds an entry of the history, without a layer. */
  @CanIgnoreReturnValue
  public ImageConfigBuilder history(History history) {
    List<Object> entries = new ArrayList<>();
    json.objects("history").forEach(entry -> entries.add(entry.members()));
    entries.add(history.toJson());
    json.set("history", entries);
    return this;
  }

  /** Replaces all layers and the whole history. */
  @CanIgnoreReturnValue
  public ImageConfigBuilder layers(List<Digest> diffIds, List<History> history) {
    List<String> texts = diffIds.stream().map(Digest::toString).toList();
    json.objectToChange("rootfs").members().put("diff_ids", texts);
    json.set("history", history.stream().map(History::toJson).toList());
    return this;
  }

  @CanIgnoreReturnValue
  public ImageConfigBuilder user(String user) {
    return config("User", user);
  }

  /**
   * @param ports such as {@code 3000/tcp}
   */
  @CanIgnoreReturnValue
  public ImageConfigBuilder exposedPorts(Collection<String> ports) {
    config().setNames("ExposedPorts", ports);
    return this;
  }

  /**
   * @param entries each {@code NAME=value}
   */
  @CanIgnoreReturnValue
  public ImageConfigBuilder env(List<String> entries) {
    for (String entry : entries) {
      if (entry.indexOf('=') < 1) {
        throw new OciFormatException("environment entry \"" + entry + "\": must be NAME=value");
      }
    }
    return config("Env", List.copyOf(entries));
  }

  /** Sets one variable, where it stood or at the end. */
  @CanIgnoreReturnValue
  public ImageConfigBuilder env(String name, String value) {
    List<String> entries = new ArrayList<>(config().strings("Env"));
    int place = 0;
    while (place < entries.size() && !entries.get(place).startsWith(name + "=")) {
      place++;
    }
    if (place < entries.size()) {
      entries.set(place, name + "=" + value);
    } else {
      entries.add(name + "=" + value);
    }
    return env(entries);
  }

  @CanIgnoreReturnValue
  public ImageConfigBuilder entrypoint(List<String> words) {
    return config("Entrypoint", List.copyOf(words));
  }

  @CanIgnoreReturnValue
  public ImageConfigBuilder cmd(List<String> words) {
    return config("Cmd", List.copyOf(words));
  }

  /**
   * @param paths in the container
   */
  @CanIgnoreReturnValue
  public ImageConfigBuilder volumes(Collection<String> paths) {
    config().setNames("Volumes", paths);
    return this;
  }

  @CanIgnoreReturnValue
  public ImageConfigBuilder workingDir(String path) {
    return config("WorkingDir", path);
  }

  @CanIgnoreReturnValue
  public ImageConfigBuilder labels(Map<String, String> labels) {
    return config("Labels", Map.copyOf(labels));
  }

  @CanIgnoreReturnValue
  public ImageConfigBuilder label(String name, String value) {
    config().objectToChange("Labels").members().put(name, value);
    return this;
  }

  @CanIgnoreReturnValue
  public ImageConfigBuilder stopSignal(String signal) {
    return config("StopSignal", signal);
  }

  /** Empty removes it. */
  @CanIgnoreReturnValue
  public ImageConfigBuilder healthcheck(Optional<Healthcheck> healthcheck) {
    return config("Healthcheck", healthcheck.map(Healthcheck::toJson));
  }

  @CanIgnoreReturnValue
  public ImageConfigBuilder shell(List<String> words) {
    return config("Shell", List.copyOf(words));
  }

  @CanIgnoreReturnValue
  public ImageConfigBuilder onBuild(List<String> instructions) {
    return config("OnBuild", List.copyOf(instructions));
  }

  @CanIgnoreReturnValue
  public ImageConfigBuilder argsEscaped(boolean argsEscaped) {
    return config("ArgsEscaped", argsEscaped);
  }

  /** Sets a text at the top level of the document that is not part of the specification. */
  @CanIgnoreReturnValue
  public ImageConfigBuilder extension(String key, String value) {
    if (KNOWN.contains(key)) {
      throw new IllegalArgumentException("\"" + key + "\" is part of the specification");
    }
    json.set(key, value);
    return this;
  }

  /** The configuration, written as canonical JSON. */
  public ImageConfig build() {
    return ImageConfig.parse(json.write());
  }

  private JsonObject config() {
    return json.objectToChange("config");
  }

  @CanIgnoreReturnValue
  private ImageConfigBuilder config(String name, Object value) {
    config().set(name, value);
    return this;
  }
}
