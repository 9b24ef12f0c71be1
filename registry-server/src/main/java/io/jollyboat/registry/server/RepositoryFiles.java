package io.jollyboat.registry.server;

import io.jollyboat.oci.Digest;
import io.jollyboat.registry.server.Repositories.StoredManifest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What repositories have, as files that the next server on the directory reads again: {@code
 * <name>/_manifests/<digest>} with the media type in its first line, {@code <name>/_tags/<tag>} and
 * {@code <name>/_blobs/<digest>}. Not safe for use by several processes at once.
 */
final class RepositoryFiles {
  private static final String MANIFESTS = "_manifests";
  private static final String TAGS = "_tags";
  private static final String BLOBS = "_blobs";
  private static final Pattern FILE = Pattern.compile("(.+)/(_manifests|_tags|_blobs)/([^/]+)");

  private final Path root;

  RepositoryFiles(Path directory) {
    this.root = directory.resolve("repositories");
  }

  /** Tells a set of repositories what is here. */
  void readInto(Repositories repositories) {
    for (Path file : list(root)) {
      Matcher path = FILE.matcher(root.relativize(file).toString());
      if (!path.matches()) {
        continue; // One that a killed server was writing.
      }
      String name = path.group(1);
      String leaf = path.group(3);
      byte[] content = read(file);
      switch (path.group(2)) {
        case MANIFESTS -> repositories.restore(name, manifest(leaf, content));
        case TAGS -> repositories.restore(name, leaf, Digest.parse(text(content)));
        default -> repositories.restore(name, digest(leaf));
      }
    }
  }

  private static List<Path> list(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(byte[] content) {
    return new String(content, StandardCharsets.UTF_8);
  }

  private static StoredManifest manifest(String leaf, byte[] content) {
    int end = 0;
    while (content[end] != '\n') {
      end++;
    }
    String type = text(Arrays.copyOf(content, end));
    return new StoredManifest(
        digest(leaf), type, Arrays.copyOfRange(content, end + 1, content.length));
  }

  private static Digest digest(String leaf) {
    return Digest.parse(leaf.replaceFirst("-", ":"));
  }

  private static String leaf(Digest digest) {
    return digest.algorithm() + "-" + digest.hex();
  }

  void writeManifest(String name, StoredManifest manifest) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes((manifest.mediaType() + "\n").getBytes(StandardCharsets.UTF_8));
    content.writeBytes(manifest.content());
    write(path(name, MANIFESTS, leaf(manifest.digest())), content.toByteArray());
  }

  void writeTag(String name, String tag, Digest digest) {
    write(path(name, TAGS, tag), digest.toString().getBytes(StandardCharsets.UTF_8));
  }

  void writeBlob(String name, Digest digest) {
    write(path(name, BLOBS, leaf(digest)), new byte[0]);
  }

  void deleteManifest(String name, Digest digest) {
    delete(path(name, MANIFESTS, leaf(digest)));
  }

  void deleteTag(String name, String tag) {
    delete(path(name, TAGS, tag));
  }

  void deleteBlob(String name, Digest digest) {
    delete(path(name, BLOBS, leaf(digest)));
  }

  private Path path(String name, String kind, String leaf) {
    return root.resolve(name).resolve(kind).resolve(leaf);
  }

  /** Whole or not at all: a server may be killed. */
  private void write(Path file, byte[] content) {
    try {
      Files.createDirectories(file.getParent());
      Path part = Files.createTempFile(root, "part", "");
      Files.write(part, content);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
