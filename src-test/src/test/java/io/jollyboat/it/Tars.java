package io.jollyboat.it;

import io.jollyboat.test.Command;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Archives made and read by this machine's tar. */
final class Tars {
  private static final Duration SOON = Duration.ofSeconds(30);

  private Tars() {}

  /** Some names of a directory. */
  static byte[] of(Path directory, String... names) throws IOException {
    Path file = Files.createTempFile("jollyboat-tar", ".tar");
    try {
      List<String> words =
          new ArrayList<>(List.of("tar", "-C", directory.toString(), "-cf", file.toString()));
      words.addAll(List.of(names));
      Processes.run(words.toArray(String[]::new));
      return Files.readAllBytes(file);
    } finally {
      Files.delete(file);
    }
  }

  static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(bytes);
    }
    return zipped.toByteArray();
  }

  /** The names in an archive, as they are. */
  static List<String> names(InputStream archive) throws IOException {
    return tar(archive, "-tf").lines().toList();
  }

  /** As {@code tar -tv} lists it, owners as numbers. */
  static String list(InputStream archive) throws IOException {
    return tar(archive, "-tvf");
  }

  private static String tar(InputStream archive, String operation) throws IOException {
    Path file = Files.createTempFile("jollyboat-tar", ".tar");
    try {
      Files.copy(archive, file, StandardCopyOption.REPLACE_EXISTING);
      return Command.run(SOON, "tar", "--numeric-owner", operation, file.toString());
    } finally {
      Files.delete(file);
    }
  }
}
