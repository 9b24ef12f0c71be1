package io.jollyboat.store;

import io.jollyboat.StoreException;
import io.jollyboat.spi.host.EditableTree;
import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.FileNames;
import io.jollyboat.spi.host.LayerTree;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.spi.host.MergedTree;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeEntry.Kind;
import io.jollyboat.spi.host.TreeWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Trees by java.nio on any machine: regular files, directories and symbolic links, all of owner
 * 0:0, times and permission bits; a whiteout is an empty file with a certain beginning of its name.
 * It trusts names: for tests of the store only.
 */
final class PlainLayerTrees implements LayerTrees {
  private static final String HIDDEN = "~whiteout~";
  private static final PosixFilePermission[] BITS = {
    PosixFilePermission.OTHERS_EXECUTE,
    PosixFilePermission.OTHERS_WRITE,
    PosixFilePermission.OTHERS_READ,
    PosixFilePermission.GROUP_EXECUTE,
    PosixFilePermission.GROUP_WRITE,
    PosixFilePermission.GROUP_READ,
    PosixFilePermission.OWNER_EXECUTE,
    PosixFilePermission.OWNER_WRITE,
    PosixFilePermission.OWNER_READ
  };

  @Override
  public TreeWriter create(Path directory) {
    try {
      Files.createDirectory(directory);
    } catch (IOException e) {
      throw new StoreException("cannot make " + directory, e);
    }
    return new Writer(directory);
  }

  @Override
  public LayerTree open(Path directory) {
    return new Tree(directory);
  }

  @Override
  public MergedTree merge(List<Path> layersTopFirst) {
    throw new UnsupportedOperationException("not needed by these tests");
  }

  @Override
  public EditableTree edit(List<Path> layersTopFirst, Path upper, Path work) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<LayerTree> subtree(List<Path> layersTopFirst, String path) {
    throw new UnsupportedOperationException("not needed by these tests");
  }

  @Override
  public String ids() {
    return "identity";
  }

  @Override
  public String overlayFlavour() {
    return "plain";
  }

  @Override
  public void flush(Path directory) {}

  @Override
  public void delete(Path directory) {
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (var all = Files.walk(directory)) {
      for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new StoreException("cannot delete " + directory, e);
    }
  }

  private static final class Writer implements TreeWriter {
    private final Path root;
    private final Map<Path, Instant> directories = new HashMap<>();

    Writer(Path root) {
      this.root = root;
    }

    @Override
    public void write(TreeEntry entry, InputStream content) throws IOException {
      Path file = root.resolve(entry.path());
      Files.createDirectories(file.getParent());
      switch (entry.kind()) {
        case FILE -> Files.copy(content, file);
        case DIRECTORY -> {
          Files.createDirectories(file);
          directories.put(file, entry.attributes().modified());
        }
        case SYMLINK -> Files.createSymbolicLink(file, Path.of(entry.link()));
        case WHITEOUT -> Files.createFile(file.resolveSibling(HIDDEN + entry.name()));
        case HARD_LINK -> Files.createLink(file, root.resolve(entry.link()));
        default -> throw new IOException("not in these tests: " + entry.kind());
      }
      if (entry.kind() == Kind.FILE || entry.kind() == Kind.DIRECTORY) {
        Files.setPosixFilePermissions(file, permissions(entry.attributes().mode()));
      }
      if (entry.kind() == Kind.FILE) {
        Files.setLastModifiedTime(file, FileTime.from(entry.attributes().modified()));
      }
    }

    private static Set<PosixFilePermission> permissions(int mode) {
      Set<PosixFilePermission> set = new java.util.HashSet<>();
      for (int i = 0; i < BITS.length; i++) {
        if ((mode >> i & 1) != 0) {
          set.add(BITS[i]);
        }
      }
      return set;
    }

    @Override
    public void markOpaque(String directory) throws IOException {
      throw new IOException("not in these tests: opaque");
    }

    @Override
    public void finish() {
      settle();
    }

    @Override
    public void settle() {
      directories.forEach(
          (directory, time) -> {
            try {
              Files.setLastModifiedTime(directory, FileTime.from(time));
            } catch (IOException e) {
              throw new StoreException("cannot set the time of " + directory, e);
            }
          });
    }

    @Override
    public void close() {}
  }

  private static final class Tree implements LayerTree {
    private final Path root;

    Tree(Path root) {
      this.root = root;
    }

    @Override
    public void forEach(Visitor visitor) throws IOException {
      forEach(UnaryOperator.identity(), visitor);
    }

    @Override
    public void forEach(UnaryOperator<TreeEntry> amendment, Visitor visitor) throws IOException {
      visit(root, "", amendment, visitor);
    }

    private void visit(Path file, String path, UnaryOperator<TreeEntry> amendment, Visitor visitor)
        throws IOException {
      TreeEntry amended = amendment.apply(entry(file, path));
      if (amended.kind() == Kind.FILE || amended.kind() == Kind.DIRECTORY) {
        Files.setLastModifiedTime(file, FileTime.from(amended.attributes().modified()));
      }
      visitor.visit(amended, () -> Files.newInputStream(file));
      if (amended.kind() == Kind.DIRECTORY) {
        for (Path child : children(file)) {
          String name = String.valueOf(child.getFileName());
          visit(child, path.isEmpty() ? name : path + "/" + name, amendment, visitor);
        }
      }
    }

    private static List<Path> children(Path directory) throws IOException {
      List<Path> children = new ArrayList<>();
      try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
        stream.forEach(children::add);
      }
      children.sort(
          Comparator.comparing((Path p) -> !String.valueOf(p.getFileName()).startsWith(HIDDEN))
              .thenComparing(p -> String.valueOf(p.getFileName()), FileNames.BYTE_ORDER));
      return children;
    }

    private static TreeEntry entry(Path file, String path) throws IOException {
      Map<String, Object> found = Files.readAttributes(file, "unix:*", LinkOption.NOFOLLOW_LINKS);
      int mode = (int) Optional.ofNullable(found.get("mode")).orElseThrow();
      Instant time = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
      FileAttributes attributes = new FileAttributes(mode & 0777, 0, 0, time);
      int hidden = path.lastIndexOf(HIDDEN);
      if (hidden >= 0) {
        String name = path.substring(0, hidden) + path.substring(hidden + HIDDEN.length());
        return TreeEntry.whiteout(name, attributes);
      }
      if (Files.isSymbolicLink(file)) {
        return TreeEntry.symlink(path, attributes, Files.readSymbolicLink(file).toString());
      }
      return Files.isDirectory(file)
          ? TreeEntry.directory(path, attributes)
          : TreeEntry.file(path, attributes, Files.size(file));
    }

    @Override
    public void close() {}
  }
}
