package io.jollyboat.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Which parts the kernel has, built in or as modules that it loads when they are needed. */
final class KernelModules {
  private KernelModules() {}

  /** Whether it has one, as far as its files tell: those built in without parameters are silent. */
  static boolean has(String name) {
    return Files.isDirectory(Path.of("/sys/module", name)) || isInstalled(name);
  }

  /** Whether the kernel loads a module of that name when it is first needed. */
  static boolean isInstalled(String name) {
    Path directory = Path.of("/lib/modules", System.getProperty("os.version", ""));
    return List.of("modules.dep", "modules.builtin").stream()
        .anyMatch(file -> isListed(directory.resolve(file), "/" + name + ".ko"));
  }

  private static boolean isListed(Path list, String file) {
    if (!Files.isReadable(list)) {
      return false;
    }
    try (Stream<String> lines = Files.lines(list)) {
      return lines.anyMatch(line -> line.split(":", 2)[0].contains(file));
    } catch (IOException | java.io.UncheckedIOException e) {
      return false; // as good as none
    }
  }
}
