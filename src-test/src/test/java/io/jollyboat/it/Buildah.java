package io.jollyboat.it;

import io.jollyboat.oci.ImageConfig;
import io.jollyboat.test.Command;
import io.jollyboat.test.TestImages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Debian's Buildah with a store of its own. */
final class Buildah {
  static final Duration LIMIT = Duration.ofMinutes(2);

  private final Path directory;
  private final String program = Command.find("buildah").toString();
  private final String podman = Command.find("podman").toString();

  private Buildah(Path directory) {
    this.directory = directory;
  }

  /** What it made of a case. */
  record Built(ImageConfig config, List<String> tree) {}

  /** One whose store holds a test image under its short name. */
  static Buildah in(Path directory, TestImages images, String name) {
    Buildah made = new Buildah(directory);
    String unused =
        Command.run(
            LIMIT,
            Command.find("skopeo").toString(),
            "copy",
            "--quiet",
            "--insecure-policy",
            "oci:" + images.layout(name) + ":" + name.substring(name.indexOf(':') + 1),
            made.stored("docker.io/library/" + name));
    return made;
  }

  /** Where skopeo finds an image of this store. */
  private String stored(String name) {
    return "containers-storage:[vfs@" + root() + "+" + directory.resolve("run") + "]" + name;
  }

  private Path root() {
    return directory.resolve("root");
  }

  /**
   * @param tree an empty directory that receives the files
   */
  Built build(BuildCase build, Path tree) throws IOException {
    String name = "localhost/" + build.name() + ":latest";
    List<String> words =
        new ArrayList<>(
            List.of(
                "build",
                "--quiet",
                "--pull-never",
                "--format=docker",
                "--isolation=chroot",
                "--network=host",
                "--layers=false",
                "--identity-label=false",
                "--file=" + build.theirDockerfile(),
                "--tag=" + name));
    build.values("arg").forEach(arg -> words.add("--build-arg=" + arg));
    build.values("target").forEach(target -> words.add("--target=" + target));
    words.add(build.context().toString());
    String unused = run(program, words);
    String config =
        Command.run(
            LIMIT, Command.find("skopeo").toString(), "inspect", "--config", "--raw", stored(name));
    // With vfs a layer is a plain directory, mounted or not.
    Path files = Path.of(run(podman, List.of("image", "mount", name)).strip());
    Processes.run("cp", "-a", files + "/.", tree.toString());
    return new Built(ImageConfig.parse(config.getBytes(StandardCharsets.UTF_8)), TreeText.of(tree));
  }

  private String run(String tool, List<String> words) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "unshare", // its mounts of /sys and of the store stay in a namespace of their own
                "--mount",
                tool,
                "--root=" + root(),
                "--runroot=" + directory.resolve("run"),
                "--storage-driver=vfs"));
    all.addAll(words);
    return Command.run(LIMIT, all.toArray(String[]::new));
  }
}
