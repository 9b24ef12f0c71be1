package io.jollyboat.linux.rootfs;

import io.jollyboat.spi.host.EditableTree;
import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.LayerTree;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.spi.host.MergedTree;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Trees for tests that need few and friendly ones: as root, without hostile names. */
final class PlainLayerTrees implements LayerTrees {
  @Override
  public TreeWriter create(Path directory) {
    try {
      Files.createDirectory(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Writer(directory);
  }

  @Override
  public LayerTree open(Path directory) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MergedTree merge(List<Path> layersTopFirst) {
    return new Merged(layersTopFirst);
  }

  @Override
  public EditableTree edit(List<Path> layersTopFirst, Path upper, Path work) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<LayerTree> subtree(List<Path> layersTopFirst, String path) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String ids() {
    return "identity";
  }

  @Override
  public String overlayFlavour() {
    return "trusted";
  }

  @Override
  public void flush(Path directory) {}

  @Override
  public void delete(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Writer(Path root) implements TreeWriter {
    @Override
    public void write(TreeEntry entry, InputStream content) throws IOException {
      Path path = root.resolve(entry.path());
      switch (entry.kind()) {
        case DIRECTORY -> Files.createDirectories(path);
        case FILE -> Files.copy(content, path);
        case SYMLINK -> Files.createSymbolicLink(path, Path.of(entry.link()));
        case WHITEOUT -> makeWhiteout(path);
        default -> throw new UnsupportedOperationException(entry.toString());
      }
      if (entry.kind() == TreeEntry.Kind.DIRECTORY || entry.kind() == TreeEntry.Kind.FILE) {
        Files.setAttribute(path, "unix:uid", entry.attributes().uid());
        Files.setAttribute(path, "unix:gid", entry.attributes().gid());
        Files.setAttribute(path, "unix:mode", entry.attributes().mode());
      }
    }

    private static void makeWhiteout(Path path) throws IOException {
      try {
        new ProcessBuilder("mknod", path.toString(), "c", "0", "0").inheritIO().start().waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void markOpaque(String directory) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void settle() {}

    @Override
    public void finish() {}

    @Override
    public void close() {}
  }

  private record Merged(List<Path> layers) implements MergedTree {
    @Override
    public Optional<TreeEntry> find(String path) {
      for (Path layer : layers) {
        Path real = layer.resolve(path);
        if (Files.exists(real, LinkOption.NOFOLLOW_LINKS)) {
          return Optional.of(entry(path, real));
        }
      }
      return Optional.empty();
    }

    private static int unix(Path path, String name) throws IOException {
      return (Integer) Files.getAttribute(path, "unix:" + name, LinkOption.NOFOLLOW_LINKS);
    }

    private static TreeEntry entry(String path, Path real) {
      try {
        FileAttributes attributes =
            new FileAttributes(
                unix(real, "mode") & 07777, unix(real, "uid"), unix(real, "gid"), Instant.EPOCH);
        if (Files.isSymbolicLink(real)) {
          return TreeEntry.symlink(path, attributes, Files.readSymbolicLink(real).toString());
        }
        return Files.isDirectory(real)
            ? TreeEntry.directory(path, attributes)
            : TreeEntry.file(path, attributes, Files.size(real));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public String resolve(String path) {
      String done = "";
      String rest = path;
      for (int links = 0; links < 40; ) {
        String name = rest.contains("/") ? rest.substring(0, rest.indexOf('/')) : rest;
        String after = rest.contains("/") ? rest.substring(rest.indexOf('/') + 1) : "";
        String next = done.isEmpty() ? name : done + "/" + name;
        Optional<TreeEntry> entry = find(next);
        if (entry.isPresent() && entry.get().kind() == TreeEntry.Kind.SYMLINK) {
          links++;
          Path target = Path.of("/" + done).resolve(entry.get().link()).normalize();
          rest =
              after.isEmpty()
                  ? target.toString().substring(1)
                  : target.toString().substring(1) + "/" + after;
          done = "";
        } else {
          done = next;
          rest = after;
        }
        if (rest.isEmpty()) {
          return done;
        }
      }
      throw new UncheckedIOException(new IOException("links loop at " + path));
    }

    @Override
    public List<TreeEntry> list(String path) {
      throw new UnsupportedOperationException();
    }

    @Override
    public InputStream open(String path) throws IOException {
      for (Path layer : layers) {
        if (Files.exists(layer.resolve(resolve(path)))) {
          return Files.newInputStream(layer.resolve(resolve(path)));
        }
      }
      throw new IOException("no " + path);
    }

    @Override
    public void close() {}
  }
}
