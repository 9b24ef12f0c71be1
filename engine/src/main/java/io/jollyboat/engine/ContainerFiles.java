package io.jollyboat.engine;

import io.jollyboat.ContainerException;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.Size;
import io.jollyboat.StoreException;
import io.jollyboat.linux.rootfs.ContainerTree;
import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.TreeCalls;
import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.LayerTree;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeEntry.Kind;
import io.jollyboat.spi.host.TreeWriter;
import io.jollyboat.store.TreeArchive;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Copies files into and out of a container, by the rules of {@code docker cp}. Safe for use by
 * several threads.
 */
final class ContainerFiles {
  private static final int SET_ID = 06000;
  private static final int EOVERFLOW = 75;

  private final String container;
  private final Optional<Size> rootSize;
  private final Supplier<FileView> open;

  /**
   * @param container its name, for messages
   */
  ContainerFiles(String container, Optional<Size> rootSize, Supplier<FileView> open) {
    this.container = container;
    this.rootSize = rootSize;
    this.open = open;
  }

  /** A place in a tree: a directory without links, and a name that goes below it. */
  private record Place(String directory, String name) {}

  void copyTo(InputStream tar, String directory) {
    copying(
        "to " + directory,
        tree -> {
          String resolved = tree.resolve(relative(directory));
          requireDirectory(tree, resolved, directory);
          try (TreeWriter writer = tree.writer(resolved)) {
            TreeArchive.unpack(tar, writer);
          }
        });
  }

  void copyTo(Path host, String path) {
    boolean contents = host.endsWith(".");
    Path source = contents ? host.toAbsolutePath().normalize() : host.toAbsolutePath();
    copying(
        source + " to " + path,
        tree -> {
          if (!Files.exists(source, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("there is no " + source);
          }
          boolean directory =
              contents
                  ? Files.isDirectory(source)
                  : Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS);
          String own = contents ? "" : String.valueOf(source.getFileName());
          Place place = place(tree, path, directory, own);
          try (ContainerTree from = ContainerTree.of(contents ? source : parent(source));
              TreeWriter writer = tree.writer(place.directory())) {
            from.read(own, place.name(), (entry, content) -> write(writer, entry, content));
            writer.settle();
          }
        });
  }

  private static Path parent(Path path) {
    return Objects.requireNonNullElse(path.getParent(), path);
  }

  /** Where a source goes, by what is at the path already. */
  private static Place place(ContainerTree tree, String path, boolean directory, String own)
      throws IOException {
    boolean mustBeDirectory = path.endsWith("/") || path.endsWith("/.");
    String resolved = tree.resolve(relative(path));
    Optional<TreeEntry> there = tree.find(resolved);
    if (there.isPresent() && there.get().kind() == Kind.DIRECTORY) {
      checkKind(tree, own.isEmpty() ? resolved : join(resolved, own), directory);
      return new Place(resolved, own);
    }
    if (mustBeDirectory && (there.isPresent() || !directory)) {
      throw new IOException(path + " is not a directory");
    }
    checkKind(tree, resolved, directory);
    int slash = resolved.lastIndexOf('/');
    String parent = resolved.substring(0, Math.max(slash, 0));
    requireDirectory(tree, parent, "/" + parent);
    return new Place(parent, resolved.substring(slash + 1));
  }

  private static void checkKind(ContainerTree tree, String path, boolean directory)
      throws IOException {
    Optional<TreeEntry> there = tree.find(path);
    if (there.isPresent() && (there.get().kind() == Kind.DIRECTORY) != directory) {
      throw new IOException(
          directory
              ? "a directory cannot replace the file /" + path
              : "a file cannot replace the directory /" + path);
    }
  }

  private static void requireDirectory(ContainerTree tree, String path, String asked)
      throws IOException {
    Optional<TreeEntry> there = tree.find(path);
    if (there.isEmpty()) {
      throw new IOException("there is no directory " + asked);
    }
    if (there.get().kind() != Kind.DIRECTORY) {
      throw new IOException(asked + " is not a directory");
    }
  }

  private static void write(TreeWriter writer, TreeEntry entry, LayerTree.Content content)
      throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedOperationException("the copy was interrupted", null);
    }
    if (entry.kind() == Kind.WHITEOUT || entry.kind() == Kind.SOCKET) {
      return;
    }
    if (entry.kind() != Kind.FILE) {
      writer.write(entry, InputStream.nullInputStream());
      return;
    }
    try (InputStream bytes = content.open()) {
      writer.write(entry, bytes);
    }
  }

  InputStream copyFrom(String path) {
    FileView view = open.get();
    try {
      String found = source(view.tree(), path);
      String name = ownName(path);
      return ArchiveStream.of(
          "jollyboat copy from " + container,
          archive -> view.tree().read(found, name, archive),
          view);
    } catch (IOException | RuntimeException e) {
      view.close();
      throw failed("from " + path, e);
    }
  }

  void copyFrom(String path, Path host) {
    copying(
        path + " to " + host,
        tree -> {
          String found = source(tree, path);
          boolean directory =
              tree.find(found).filter(entry -> entry.kind() == Kind.DIRECTORY).isPresent();
          Place place = hostPlace(host.toAbsolutePath(), directory, ownName(path));
          try (ContainerTree to = ContainerTree.of(Path.of(place.directory()));
              TreeWriter writer = to.writer("")) {
            tree.read(found, place.name(), (entry, content) -> writeHere(writer, entry, content));
            writer.settle();
          }
        });
  }

  private static Place hostPlace(Path host, boolean directory, String own) throws IOException {
    if (Files.isDirectory(host)) {
      Path target = host.resolve(own);
      boolean there = !own.isEmpty() && Files.exists(target, LinkOption.NOFOLLOW_LINKS);
      if (there && Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS) != directory) {
        throw new IOException(target + " is in the way");
      }
      return new Place(host.toString(), own);
    }
    if (directory && Files.exists(host)) {
      throw new IOException("a directory cannot replace the file " + host);
    }
    Path parent = parent(host);
    if (!Files.isDirectory(parent)) {
      throw new IOException("there is no directory " + parent);
    }
    return new Place(parent.toString(), String.valueOf(host.getFileName()));
  }

  /** Without what would act on this machine. */
  static void writeHere(TreeWriter writer, TreeEntry entry, LayerTree.Content content)
      throws IOException {
    if (entry.kind() == Kind.CHARACTER_DEVICE || entry.kind() == Kind.BLOCK_DEVICE) {
      return;
    }
    FileAttributes theirs = entry.attributes();
    TreeMap<String, byte[]> xattrs = new TreeMap<>(theirs.xattrs());
    xattrs.remove("security.capability");
    int setId = entry.kind() == Kind.DIRECTORY ? 0 : SET_ID;
    boolean root = TreeCalls.effectiveUser() == 0;
    write(
        writer,
        entry.withAttributes(
            new FileAttributes(
                theirs.mode() & ~setId,
                root ? theirs.uid() : TreeCalls.effectiveUser(),
                root ? theirs.gid() : TreeCalls.effectiveGroup(),
                theirs.modified(),
                xattrs)),
        content);
  }

  /** The path of what is copied: links followed at its end only when a slash comes after it. */
  private static String source(ContainerTree tree, String path) throws IOException {
    String relative = relative(path);
    boolean directory = path.endsWith("/") || path.endsWith("/.");
    String found = directory ? tree.resolve(relative) : relative;
    Optional<TreeEntry> entry = tree.find(found);
    if (entry.isEmpty()) {
      throw new IOException("there is no " + path);
    }
    if (directory && entry.get().kind() != Kind.DIRECTORY) {
      throw new IOException(path + " is not a directory");
    }
    return entry.get().path();
  }

  /** The last name of a path; empty for contents. */
  private static String ownName(String path) {
    if (path.endsWith("/.")) {
      return "";
    }
    String relative = relative(path);
    return relative.substring(relative.lastIndexOf('/') + 1);
  }

  private static String relative(String path) {
    String normal = path;
    while (normal.endsWith("/") || normal.endsWith("/.")) {
      normal = normal.substring(0, normal.lastIndexOf('/'));
    }
    while (normal.startsWith("/")) {
      normal = normal.substring(1);
    }
    return normal;
  }

  private static String join(String directory, String name) {
    return directory.isEmpty() ? name : directory + "/" + name;
  }

  /** Work on the files of the container. */
  private interface Copy {
    void run(ContainerTree tree) throws IOException;
  }

  private void copying(String what, Copy copy) {
    try (FileView view = open.get()) {
      copy.run(view.tree());
    } catch (IOException | StoreException | UncheckedIOException | KernelException e) {
      throw failed(what, e);
    }
  }

  private RuntimeException failed(String what, Exception e) {
    if (e instanceof InterruptedOperationException interrupted) {
      return interrupted;
    }
    boolean expected =
        e instanceof IOException
            || e instanceof StoreException
            || e instanceof UncheckedIOException
            || e instanceof KernelException;
    if (!expected) {
      return (RuntimeException) e;
    }
    return new ContainerException(
        "cannot copy " + what + " of container " + container + ": " + e.getMessage() + remedy(e),
        "copy files",
        errno(e),
        "",
        e);
  }

  private String remedy(Exception e) {
    if (errno(e).equals(OptionalInt.of(EOVERFLOW))) {
      return "; it runs in a user namespace with ids that this process has not: stop it first";
    }
    boolean noSpace = errno(e).equals(OptionalInt.of(Errno.ENOSPC.number()));
    return noSpace
        ? rootSize
            .map(size -> "; the " + size + " of its root are full: make room, or give it more")
            .orElse("; the store's file system is full, or that of a mount: make room")
        : "";
  }

  private static OptionalInt errno(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof KernelException refused) {
        return OptionalInt.of(refused.errno().number());
      }
    }
    return OptionalInt.empty();
  }
}
