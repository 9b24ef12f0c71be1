package io.jollyboat.runtime;

import io.jollyboat.linux.launcher.Namespace;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A bundle's config.json (OCI runtime-spec 1.2, config.md). What the specification knows and this
 * runtime cannot do is an error; what it does not know is ignored, as it wants.
 *
 * @param version of the specification
 * @param root absolute path of the root file system
 * @param processFields as the file has it, for programs that join the container later
 */
record Config(
    String version,
    Path root,
    boolean rootReadOnly,
    Optional<Fields> processFields,
    Optional<String> hostname,
    Optional<String> domainname,
    List<MountConfig> mounts,
    HookConfig.All hooks,
    Map<String, String> annotations,
    LinuxConfig linux) {

  private static final String NAME = "config.json";

  static Config of(byte[] file, Path bundle) {
    Fields config = Json.parse(file, NAME);
    String version = config.required("ociVersion");
    if (!version.matches("1\\.\\d+\\.\\d+([-+].*)?")) {
      throw config.error(
          "ociVersion", "\"" + version + "\" is not a version 1 of the specification");
    }
    config.refuse("is of another platform", "windows", "solaris", "vm", "zos", "freebsd");
    Fields root =
        config.optionalObject("root").orElseThrow(() -> config.error("root", "is missing"));
    Fields linux =
        config.optionalObject("linux").orElseThrow(() -> config.error("linux", "is missing"));
    LinuxConfig linuxConfig = LinuxConfig.of(linux);
    Optional<IdMapping.Both> users = Optional.of(linuxConfig.ids()).filter(IdMapping.Both::isGiven);
    Config read =
        new Config(
            version,
            bundle.resolve(root.required("path")).normalize(),
            root.bool("readonly"),
            config.optionalObject("process"),
            config.text("hostname"),
            config.text("domainname"),
            config.objects("mounts").stream()
                .map(mount -> MountConfig.of(mount, bundle, users))
                .toList(),
            HookConfig.All.of(config.object("hooks")),
            config.stringMap("annotations"),
            linuxConfig);
    read.check(config);
    return read;
  }

  private void check(Fields config) {
    if ((hostname.isPresent() || domainname.isPresent())
        && !linux.namespaces().containsKey(Namespace.UTS)) {
      throw config.error(hostname.isPresent() ? "hostname" : "domainname", "needs a uts namespace");
    }
    if (annotations.containsKey("")) {
      throw config.error("annotations", "a key must not be empty");
    }
    processFields.ifPresent(ProcessConfig::of);
  }

  /**
   * The process that is started.
   *
   * @throws RuntimeFailure where the file has none
   */
  ProcessConfig process() {
    return ProcessConfig.of(
        processFields.orElseThrow(() -> new RuntimeFailure(NAME + ": process: is missing")));
  }
}
