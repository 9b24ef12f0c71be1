package io.jollyboat.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** The file of {@code --pid-file}: a number and nothing else, there whole or not at all. */
final class PidFile {
  private PidFile() {}

  static void write(Optional<Path> file, int pid) {
    if (file.isEmpty()) {
      return;
    }
    try {
      Path target = file.get().toAbsolutePath();
      Path fresh = target.resolveSibling("." + target.getFileName() + ".new");
      Files.writeString(fresh, Integer.toString(pid));
      Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new RuntimeFailure("--pid-file " + file.get() + ": " + e.getMessage(), e);
    }
  }
}
