package io.jollyboat.test;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A file system in memory that a test mounts on this machine, and that goes away with this. */
public final class HostMount implements AutoCloseable {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final Path directory;

  private HostMount(Path directory) {
    this.directory = directory;
  }

  /** Mounts it on a directory, private unless further options of mount(8) say otherwise. */
  public static HostMount on(Path directory, String... options) {
    List<String> words = new ArrayList<>(List.of("mount", "-t", "tmpfs", "--make-private"));
    words.addAll(List.of(options));
    words.addAll(List.of("tmpfs", directory.toString()));
    String unused = Command.run(SOON, words);
    return new HostMount(directory);
  }

  @Override
  public void close() {
    String unused = Command.run(SOON, "umount", "-l", directory.toString());
  }
}
