package io.jollyboat.oci;

import com.google.errorprone.annotations.CheckReturnValue;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An image's configuration: OCI image-spec, "Image Configuration", with Docker's additions. Holds
 * the bytes it was read from; the image's id is their digest. Lists, sets and maps are empty where
 * the document has none. Immutable, equal by bytes.
 */
@CheckReturnValue
public final class ImageConfig {
  static final String WHAT = "image configuration";

  private final RawDocument raw;
  private final JsonObject json;
  private final JsonObject config;
  private final List<Digest> diffIds;
  private final List<History> history;

  private ImageConfig(byte[] bytes) {
    this.raw = new RawDocument(bytes);
    this.json = OciJson.parse(bytes, WHAT);
    this.config = json.object("config").orElse(JsonObject.empty(WHAT + ": config"));
    this.diffIds = readDiffIds(json);
    this.history = json.objects("history").stream().map(History::read).toList();
    readAll();
  }

  private static List<Digest> readDiffIds(JsonObject json) {
    JsonObject rootfs =
        json.object("rootfs")
            .orElseThrow(() -> json.error("rootfs", "is missing: this is not a container image"));
    if (!rootfs.string("type").orElse("layers").equals("layers")) {
      throw rootfs.error("type", "must be \"layers\"");
    }
    return rootfs.strings("diff_ids").stream().map(Digest::parse).toList();
  }

  /** Every reader once, so that none fails later. */
  private void readAll() {
    var unused = List.of(created(), author(), platform(), user(), exposedPorts(), env());
    var unused2 = List.of(entrypoint(), cmd(), volumes(), workingDir(), labels(), stopSignal());
    var unused3 = List.of(healthcheck(), shell(), onBuild(), argsEscaped());
  }

  /** Reads the document, which is kept as it is. */
  public static ImageConfig parse(byte[] document) {
    return new ImageConfig(document);
  }

  /** Starts an image of no layers. */
  public static ImageConfigBuilder builder(Platform platform) {
    return ImageConfigBuilder.start(platform);
  }

  /** Starts from a copy of this, with whatever it has that is not known here. */
  public ImageConfigBuilder toBuilder() {
    return new ImageConfigBuilder(json.copy());
  }

  /** The document, byte by byte. */
  public byte[] bytes() {
    return raw.copy();
  }

  /** The digest of the bytes, which is the image's id. */
  public Digest id() {
    return raw.digest();
  }

  /** What names this configuration in a manifest. */
  public Descriptor descriptor() {
    return Descriptor.of(MediaType.OCI_CONFIG, raw.digest(), raw.size());
  }

  public Optional<Instant> created() {
    return json.instant("created");
  }

  public Optional<String> author() {
    return json.text("author");
  }

  public Platform platform() {
    return new Platform(
        os(), architecture(), variant().orElse(""), osVersion().orElse(""), osFeatures());
  }

  public String architecture() {
    return json.string("architecture").orElse("");
  }

  /** {@code linux} where the document has none. */
  public String os() {
    return json.text("os").orElse("linux");
  }

  public Optional<String> osVersion() {
    return json.text("os.version");
  }

  public List<String> osFeatures() {
    return json.strings("os.features");
  }

  public Optional<String> variant() {
    return json.text("variant");
  }

  /** Of the uncompressed layers, the lowest first. */
  public List<Digest> diffIds() {
    return diffIds;
  }

  /** The oldest first. */
  public List<History> history() {
    return history;
  }

  public Optional<String> user() {
    return config.text("User");
  }

  /** Such as {@code 3000/tcp}, sorted. */
  public Set<String> exposedPorts() {
    return config.names("ExposedPorts");
  }

  /** In order, each as {@code NAME=value}. */
  public List<String> env() {
    return config.strings("Env");
  }

  /** The value of a variable; the last one counts. */
  public Optional<String> env(String name) {
    return env().stream()
        .filter(entry -> entry.startsWith(name + "="))
        .map(entry -> entry.substring(name.length() + 1))
        .reduce((first, second) -> second);
  }

  public List<String> entrypoint() {
    return config.strings("Entrypoint");
  }

  public List<String> cmd() {
    return config.strings("Cmd");
  }

  /** Paths in the container, sorted. */
  public Set<String> volumes() {
    return config.names("Volumes");
  }

  public Optional<String> workingDir() {
    return config.text("WorkingDir");
  }

  public Map<String, String> labels() {
    return Map.copyOf(config.stringMap("Labels"));
  }

  public Optional<String> stopSignal() {
    return config.text("StopSignal");
  }

  public Optional<Healthcheck> healthcheck() {
    return config.object("Healthcheck").map(Healthcheck::read);
  }

  /** The words before a command in shell form; empty for the default. */
  public List<String> shell() {
    return config.strings("Shell");
  }

  /** Instructions for whoever builds on this image. */
  public List<String> onBuild() {
    return config.strings("OnBuild");
  }

  /** Whether {@link #cmd} is one command line already, on Windows. */
  public boolean argsEscaped() {
    return config.bool("ArgsEscaped");
  }

  /** A text at the top level of the document that is not part of the specification. */
  public Optional<String> extension(String key) {
    return json.string(key);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ImageConfig that && raw.equals(that.raw);
  }

  @Override
  public int hashCode() {
    return raw.hashCode();
  }

  @Override
  public String toString() {
    return platform() + " " + id();
  }
}
