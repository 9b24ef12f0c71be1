package io.jollyboat.linux.rootfs;

import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Layers of a few empty files, directories, links and whiteouts, named by what they hold: whoever
 * needs the same again finds it, in other processes too. Safe for use by several threads.
 */
final class SmallLayers {
  private final LayerTrees trees;
  private final Path directory;
  private final Map<String, Path> known = new ConcurrentHashMap<>();

  SmallLayers(LayerTrees trees, Path directory) {
    this.trees = trees;
    this.directory = directory;
  }

  /**
   * @param entries parents before children; files are empty
   */
  Path of(Collection<TreeEntry> entries) {
    return known.computeIfAbsent(name(entries), name -> findOrWrite(name, entries));
  }

  private Path findOrWrite(String name, Collection<TreeEntry> entries) {
    Path layer = directory.resolve(name);
    if (!Files.isDirectory(layer)) {
      try {
        Files.createDirectories(directory);
        write(layer, entries);
      } catch (IOException e) {
        throw new UncheckedIOException(
            "cannot write the layer " + layer + ": " + e.getMessage(), e);
      }
    }
    return layer;
  }

  /**
   * Under another name first: a process that is killed leaves no half layer under the real one. Not
   * flushed: names without content reach the disk in order.
   */
  private void write(Path layer, Collection<TreeEntry> entries) throws IOException {
    Path fresh = layer.resolveSibling(layer.getFileName() + "." + UUID.randomUUID());
    try (TreeWriter writer = trees.create(fresh)) {
      for (TreeEntry entry : entries) {
        writer.write(entry, InputStream.nullInputStream());
      }
      writer.finish();
    }
    try {
      Files.move(fresh, layer, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) { // of no narrower type when the target is a full directory
      if (!Files.isDirectory(layer)) {
        throw e;
      }
      trees.delete(fresh); // another process was faster, with the same
    }
  }

  private static String name(Collection<TreeEntry> entries) {
    StringBuilder text = new StringBuilder();
    for (TreeEntry entry : entries) {
      FileAttributes attributes = entry.attributes();
      text.append(entry.path()).append('\0').append(entry.kind()).append('\0').append(entry.link());
      text.append('\0').append(attributes.mode()).append('\0').append(attributes.uid());
      text.append('\0').append(attributes.gid());
      attributes
          .xattrs()
          .forEach(
              (name, value) ->
                  text.append('\0')
                      .append(name)
                      .append('=')
                      .append(HexFormat.of().formatHex(value)));
      text.append('\n');
    }
    return HexFormat.of().formatHex(sha256(text.toString()), 0, 16);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
