package io.jollyboat.build;

import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageConfigBuilder;
import io.jollyboat.oci.Platform;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The mark of images built on {@link io.jollyboat.Image#host()}: a text at the top of the
 * configuration, inherited by all that is built on it. It is trusted in images that were built here
 * only, never in one that was pulled.
 */
public final class HostBase {
  private static final String MARK = "io.jollyboat.host";

  private static final Pattern OF_THE_MACHINE =
      Pattern.compile("(usr|bin|sbin|lib[^/]*|etc)(/.*)?");

  private HostBase() {}

  /** Whether this machine's programs belong into the image's root. */
  public static boolean isOn(ImageConfig config) {
    return config.extension(MARK).isPresent();
  }

  /** What stood for this machine's programs when the image was built. */
  static Optional<String> key(ImageConfig config) {
    return config.extension(MARK);
  }

  /**
   * Makes sure that files come to be seen.
   *
   * @throws IllegalArgumentException one lies where this machine's own, read-only, hide it
   */
  static void checkWritable(ImageConfig config, Collection<Piece> pieces) {
    pieces.forEach(piece -> checkWritable(config, piece.entry().path()));
  }

  static void checkWritable(ImageConfig config, String path) {
    if (isOn(config) && OF_THE_MACHINE.matcher(path).matches()) {
      throw new IllegalArgumentException(
          "/"
              + path
              + " is read-only on an image of this machine: its programs are there; use another"
              + " directory, such as /opt or /srv");
    }
  }

  static ImageConfigBuilder start(Platform platform, String key) {
    Path programs = Path.of(System.getProperty("java.home"), "bin");
    return ImageConfig.builder(platform)
        .extension(MARK, key)
        .env("PATH", StageBuild.DEFAULT_PATH + ":" + programs)
        .workingDir("/");
  }
}
