package io.jollyboat.build;

import io.jollyboat.FileTree;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.Size;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.spi.host.EditableTree;
import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.TreeEntry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The files of an image for the code of one step. Not safe for use by several threads. */
final class ImageFiles implements FileTree, AutoCloseable {
  private final EditableTree tree;
  private final ImageConfig config;
  private final Accounts accounts;
  private final Instant now;
  private volatile boolean open = true;

  /**
   * @param tree closed by the caller
   * @param now the time of what is written
   */
  ImageFiles(EditableTree tree, ImageConfig config, Instant now) {
    this.tree = tree;
    this.config = config;
    this.accounts = new Accounts(() -> tree);
    this.now = now;
  }

  /** A part of a call, which may fail as files do. */
  private interface Part<T> {
    T run() throws IOException;
  }

  /** A part that changes something. */
  private interface Change {
    void run() throws IOException;
  }

  private static void change(Change change) {
    boolean unused =
        unchecked(
            () -> {
              change.run();
              return true;
            });
  }

  private static <T> T unchecked(Part<T> part) {
    try {
      return part.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /** As the tree has it: without the slash at its beginning. */
  private String relative(String path) {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedOperationException("the build was interrupted", null);
    }
    if (!open) {
      throw new IllegalStateException("the files of a step can be used only while its code runs");
    }
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException(
          "a path is absolute in the image, not \"" + path + "\": begin it with /");
    }
    if (path.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a path has no character 0: \"" + path + "\"");
    }
    return String.join("/", TreePath.parts(path));
  }

  /** The path of a name whose parents have no links; its end may be one. */
  private String named(String path) {
    String relative = relative(path);
    String name = TreePath.name(relative);
    return name.equals("..")
        ? tree.resolve(relative)
        : TreePath.child(tree.resolve(TreePath.parent(relative)), name);
  }

  private TreeEntry required(String path, String resolved) throws IOException {
    return tree.find(resolved).orElseThrow(() -> new NoSuchFileException(path));
  }

  @Override
  public boolean exists(String path) {
    return tree.find(tree.resolve(relative(path))).isPresent();
  }

  @Override
  public Optional<Entry> find(String path) {
    return tree.find(named(path)).map(ImageFiles::entry);
  }

  @Override
  public List<Entry> list(String directory) {
    return unchecked(
        () -> {
          String resolved = tree.resolve(relative(directory));
          TreeEntry found = required(directory, resolved);
          if (found.kind() != TreeEntry.Kind.DIRECTORY) {
            throw new NotDirectoryException(directory);
          }
          return tree.list(resolved).stream().map(ImageFiles::entry).toList();
        });
  }

  @Override
  public Stream<Entry> walk(String directory) {
    return new TreeWalk(this, directory).stream();
  }

  private static Entry entry(TreeEntry entry) {
    FileAttributes attributes = entry.attributes();
    return new Entry(
        "/" + entry.path(),
        kind(entry.kind()),
        attributes.mode(),
        attributes.uid(),
        attributes.gid(),
        new Size(entry.size()),
        attributes.modified(),
        entry.link());
  }

  private static Kind kind(TreeEntry.Kind kind) {
    return switch (kind) {
      case FILE, HARD_LINK -> Kind.FILE;
      case DIRECTORY -> Kind.DIRECTORY;
      case SYMLINK -> Kind.SYMLINK;
      case CHARACTER_DEVICE, BLOCK_DEVICE, FIFO, SOCKET, WHITEOUT -> Kind.SPECIAL;
    };
  }

  @Override
  public InputStream open(String path) {
    return unchecked(
        () -> {
          String resolved = tree.resolve(relative(path));
          TreeEntry unused = required(path, resolved);
          return tree.open(resolved);
        });
  }

  @Override
  public void write(String path, InputStream content) {
    String resolved = changing(tree.resolve(relative(path)));
    FileAttributes attributes = attributesOfNew(path, resolved);
    change(
        () -> {
          tree.write(TreeEntry.file(resolved, attributes, 0), content);
        });
  }

  private FileAttributes attributesOfNew(String path, String resolved) {
    Optional<TreeEntry> present = tree.find(resolved);
    if (present.isEmpty()) {
      return new FileAttributes(0644, 0, 0, now);
    }
    if (present.get().kind() != TreeEntry.Kind.FILE) {
      throw new UncheckedIOException(
          new FileSystemException(path, null, "is no file, and not replaced by one"));
    }
    FileAttributes old = present.get().attributes();
    // As when a program writes: capabilities were given to the old content.
    TreeMap<String, byte[]> kept = new TreeMap<>(old.xattrs());
    kept.remove("security.capability");
    return new FileAttributes(old.mode(), old.uid(), old.gid(), now, kept);
  }

  @Override
  public void delete(String path) {
    String named = changing(named(path));
    if (named.isEmpty()) {
      throw new IllegalArgumentException("the root of an image cannot be deleted");
    }
    change(
        () -> {
          TreeEntry there = required(path, named);
          tree.delete(there.path());
        });
  }

  @Override
  public void mode(String path, int permissions) {
    if ((permissions & ~07777) != 0) {
      throw new IllegalArgumentException(
          "permissions have at most four octal digits: " + Integer.toOctalString(permissions));
    }
    changeAttributes(path, attributes -> attributes.withMode(permissions));
  }

  @Override
  public void owner(String path, String user) {
    Accounts.Owner owner = accounts.owner(user);
    changeAttributes(path, attributes -> attributes.withOwner(owner.uid(), owner.gid()));
  }

  private void changeAttributes(String path, UnaryOperator<FileAttributes> difference) {
    String resolved = changing(tree.resolve(relative(path)));
    change(
        () -> {
          TreeEntry there = required(path, resolved);
          tree.change(there, difference.apply(there.attributes()));
        });
  }

  @Override
  public void mkdir(String path) {
    String resolved = changing(tree.resolve(relative(path)));
    change(
        () -> {
          Optional<TreeEntry> present = tree.find(resolved);
          if (present.isEmpty()) {
            FileAttributes plain = new FileAttributes(0755, 0, 0, now);
            tree.write(TreeEntry.directory(resolved, plain), InputStream.nullInputStream());
          } else if (present.get().kind() != TreeEntry.Kind.DIRECTORY) {
            throw new FileAlreadyExistsException(path, null, "is no directory");
          }
        });
  }

  @Override
  public void symlink(String path, String target) {
    if (target.isEmpty() || target.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a link cannot say \"" + target + "\"");
    }
    String named = changing(named(path));
    change(
        () -> {
          if (tree.find(named).filter(e -> e.kind() == TreeEntry.Kind.DIRECTORY).isPresent()) {
            throw new FileAlreadyExistsException(path, null, "is a directory");
          }
          TreeEntry link = TreeEntry.symlink(named, new FileAttributes(0777, 0, 0, now), target);
          tree.write(link, InputStream.nullInputStream());
        });
  }

  private String changing(String resolved) {
    HostBase.checkWritable(config, resolved);
    return resolved;
  }

  @Override
  public void close() {
    open = false;
  }
}
