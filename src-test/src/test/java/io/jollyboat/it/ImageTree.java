package io.jollyboat.it;

import io.jollyboat.Container;
import io.jollyboat.ContainerSpec;
import io.jollyboat.Engine;
import io.jollyboat.ImageId;
import io.jollyboat.test.Command;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The files of an image, as this machine's tar unpacks them. */
final class ImageTree {
  private ImageTree() {}

  /**
   * @param directory empty
   */
  static List<String> of(Engine engine, ImageId image, Path directory) {
    ContainerSpec spec = ContainerSpec.of(image).command("none");
    Path tar = directory.resolveSibling(directory.getFileName() + ".tar");
    try (Container container = engine.containers().create(spec);
        InputStream files = container.export()) {
      Files.copy(files, tar);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String unused =
        Command.run(
            Buildah.LIMIT,
            "tar",
            "-C",
            directory.toString(),
            "--xattrs",
            "--xattrs-include=*",
            "--numeric-owner",
            "-xpf",
            tar.toString());
    return TreeText.of(directory);
  }
}
