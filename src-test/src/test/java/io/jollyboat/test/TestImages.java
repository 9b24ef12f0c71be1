package io.jollyboat.test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The images made from Debian packages by {@code scripts/make-images}, on disk as OCI layouts.
 * Immutable.
 *
 * <ul>
 *   <li>{@value #BUSYBOX}: static busybox with all its applets; one layer
 *   <li>{@value #DEBIAN}: the essential packages; one layer
 *   <li>{@value #NODE}: nodejs and npm in a second layer on the same first one
 * </ul>
 */
public final class TestImages {
  public static final String BUSYBOX = "busybox:latest";
  public static final String DEBIAN = "debian:minimal";
  public static final String NODE = "node:8.4-alpine";

  private static final Duration MAKE = Duration.ofMinutes(10);
  private static final Duration PUSH = Duration.ofMinutes(2);

  private final Path directory;

  private TestImages(Path directory) {
    this.directory = directory;
  }

  /** Makes them where that has not been done before: minutes the first time, milliseconds then. */
  public static TestImages make() {
    Command.find("mmdebstrap");
    Path script = Path.of(System.getProperty("basedir", "."), "scripts", "make-images");
    String printed = Command.run(MAKE, script.toAbsolutePath().toString());
    Path directory = Path.of(printed.strip());
    if (!Files.isDirectory(directory)) {
      throw new AssertionError(script + " printed no directory: " + printed);
    }
    return new TestImages(directory);
  }

  /** The OCI layout of one of the names above. */
  public Path layout(String name) {
    return directory.resolve(name.substring(0, name.indexOf(':')));
  }

  /** Pushes one image under its name, by skopeo. */
  public void push(String name, RegistryProcess registry) {
    push(name, registry, name);
  }

  /** Pushes one image under another name, by skopeo. */
  public void push(String name, RegistryProcess registry, String as) {
    String tag = name.substring(name.indexOf(':') + 1);
    Command.run(
        PUSH,
        Command.find("skopeo").toString(),
        "copy",
        "--quiet",
        "--insecure-policy",
        "--dest-tls-verify=false",
        "oci:" + layout(name) + ":" + tag,
        "docker://" + registry.reference(as));
  }
}
