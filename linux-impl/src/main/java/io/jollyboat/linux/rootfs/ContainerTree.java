package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.FileStat;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.NativeBuffer;
import io.jollyboat.linux.syscall.OpenFlags;
import io.jollyboat.linux.syscall.Pid;
import io.jollyboat.linux.syscall.TreeCalls;
import io.jollyboat.spi.host.LayerTree;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeEntry.Kind;
import io.jollyboat.spi.host.TreeWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The files that a process sees, mounts too, while it and others change them. Every path is
 * resolved by the kernel with the process's root as its own (openat2(2), {@code RESOLVE_IN_ROOT}),
 * and what was found is used by descriptor: no link that somebody puts on a path leads out. Paths
 * are relative to the root. Not safe for use by several threads.
 */
public final class ContainerTree implements AutoCloseable {
  private static final int DIRECTORY = OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY;
  private static final int PATH_DIRECTORY = OpenFlags.O_PATH | OpenFlags.O_DIRECTORY;
  private static final int CHUNK = 128 * 1024;

  private final Fd root;
  private final TreeAccess tree = new TreeAccess(Optional.empty());
  private final Attributes attributes = new Attributes(tree.overlayFlavour());
  private final EntryReader reader = new EntryReader(tree, attributes);

  private ContainerTree(Fd root) {
    this.root = root;
  }

  /**
   * @throws KernelException with ENOENT or ESRCH when the process has ended
   */
  public static ContainerTree of(Pid process) {
    return new ContainerTree(process.open("root", PATH_DIRECTORY));
  }

  /** A directory of this machine with what is in it. */
  public static ContainerTree of(Path directory) {
    return new ContainerTree(FileCalls.open(directory.toString(), PATH_DIRECTORY, 0));
  }

  /** Parents are followed, a link at the end is not. Empty when there is nothing. */
  public Optional<TreeEntry> find(String path) {
    try (LinuxMergedTree view =
        new LinuxMergedTree(tree, FileCalls.duplicate(root, 3), attributes)) {
      return view.find(path);
    }
  }

  /** The path with every link on it replaced, its end too, as far as it exists. */
  public String resolve(String path) {
    try (LinuxMergedTree view =
        new LinuxMergedTree(tree, FileCalls.duplicate(root, 3), attributes)) {
      return view.resolve(path);
    }
  }

  /**
   * Visits what is at a path, whose parents are followed and whose end is not: of a directory all
   * that is in it too, except what the kernel makes up (/proc and its like). The paths of entries
   * begin with {@code name} in place of {@code path}.
   */
  public void read(String path, String name, LayerTree.Visitor visitor) throws IOException {
    int slash = path.lastIndexOf('/');
    String last = path.substring(slash + 1);
    try (Fd parent =
        TreeCalls.openInRoot(root, path.substring(0, Math.max(slash, 0)), PATH_DIRECTORY)) {
      FileStat stat = TreeCalls.stat(parent, last.isEmpty() ? "." : last);
      if (stat.isDirectory()) {
        directory(parent, last, path, name, visitor);
        return;
      }
      TreeEntry entry = reader.read(parent, last, stat, name);
      try (NativeBuffer buffer = new NativeBuffer(CHUNK)) {
        visitor.visit(
            entry,
            () -> new FdInputStream(KernelFiles.openRegular(parent, last, path), path, buffer));
      }
    } catch (KernelException e) {
      throw new IOException("/" + path + ": " + e.getMessage(), e);
    }
  }

  private void directory(
      Fd parent, String last, String path, String name, LayerTree.Visitor visitor)
      throws IOException {
    Fd opened = TreeCalls.open(parent, last.isEmpty() ? "." : last, DIRECTORY);
    try (LinuxLayerTree opens = LinuxLayerTree.ofLive(this.tree, opened, attributes)) {
      if (KernelFiles.hold(opened)) {
        throw new IOException("/" + path + " is the kernel's, and no directory of the container's");
      }
      opens.forEach((entry, content) -> visitor.visit(below(name, entry), content));
    }
  }

  private static TreeEntry below(String name, TreeEntry entry) {
    TreeEntry moved = entry.withPath(join(name, entry.path()));
    return entry.kind() == Kind.HARD_LINK
        ? TreeEntry.hardLink(moved.path(), moved.attributes(), join(name, entry.link()))
        : moved;
  }

  private static String join(String directory, String path) {
    return directory.isEmpty() || path.isEmpty() ? directory + path : directory + "/" + path;
  }

  /**
   * Writes into a directory: the paths of entries, and of hard links' targets, are below it.
   *
   * @param directory without links, as {@link #resolve} gives it
   */
  public TreeWriter writer(String directory) {
    LinuxTreeWriter writer = LinuxTreeWriter.ofLive(tree, FileCalls.duplicate(root, 3), attributes);
    return new PrefixedWriter(writer, directory);
  }

  @Override
  public void close() {
    root.close();
  }
}
