package io.jollyboat.store;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A file of the caller's that is there as a whole or not at all. */
public final class WholeFile {
  private static final int CHUNK = 128 * 1024;

  private WholeFile() {}

  /** Writes a content. */
  public interface Content {
    void write(OutputStream out) throws IOException;
  }

  /** Writes beside the file, then in its place; what is no regular file is written as it is. */
  public static void write(Path file, Content content) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), CHUNK)) {
        content.write(out);
      }
      return;
    }
    Path absolute = file.toAbsolutePath();
    Path written =
        absolute.resolveSibling("." + absolute.getFileName() + ".part" + System.nanoTime());
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(written), CHUNK)) {
        content.write(out);
      }
      Files.move(written, absolute, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(written);
    }
  }
}
