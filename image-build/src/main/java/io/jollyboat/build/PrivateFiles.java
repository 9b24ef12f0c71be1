package io.jollyboat.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A directory that only this user can look into, in memory where the machine has such a file
 * system: for secrets. Closing it deletes it with its files.
 */
final class PrivateFiles implements AutoCloseable {
  private static final Path MEMORY = Path.of("/dev/shm");

  private final Path directory;

  private PrivateFiles(Path directory) {
    this.directory = directory;
  }

  static PrivateFiles create() throws IOException {
    var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    return new PrivateFiles(
        Files.isWritable(MEMORY)
            ? Files.createTempDirectory(MEMORY, "jollyboat-", mode)
            : Files.createTempDirectory("jollyboat-", mode));
  }

  /** Where a file of that name is, or can be made. */
  Path path(String name) {
    return directory.resolve(name);
  }

  Path write(String name, byte[] content) throws IOException {
    Path file = directory.resolve(name);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (var channel = Files.newByteChannel(file, Set.of(StandardOpenOption.WRITE))) {
      channel.write(java.nio.ByteBuffer.wrap(content));
    }
    return file;
  }

  @Override
  public void close() throws IOException {
    try (var files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
