package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.FileStat;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.NativeBuffer;
import io.jollyboat.linux.syscall.OpenFlags;
import io.jollyboat.linux.syscall.TreeCalls;
import io.jollyboat.spi.host.FileNames;
import io.jollyboat.spi.host.MergedTree;
import io.jollyboat.spi.host.TreeEntry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Reads a merged view, or a single layer without its whiteouts, below the descriptor of its root.
 * Not safe for use by several threads.
 */
final class LinuxMergedTree implements MergedTree {
  private static final int MOST_LINKS = 40;
  private static final int CHUNK = 128 * 1024;
  private static final int PATH_DIRECTORY = OpenFlags.O_PATH | OpenFlags.O_DIRECTORY;

  private final TreeAccess tree;
  private final Fd root;
  private final EntryReader reader;
  private final NativeBuffer buffer = new NativeBuffer(CHUNK);

  LinuxMergedTree(TreeAccess tree, Fd root, Attributes attributes) {
    this.tree = tree;
    this.root = root;
    this.reader = new EntryReader(tree, attributes);
  }

  @Override
  public Optional<TreeEntry> find(String path) {
    List<String> components = components(path);
    // The parent of the root, looked up as a name, would be the host's.
    String clean = components.contains("..") ? resolve(path) : String.join("/", components);
    int slash = clean.lastIndexOf('/');
    String name = clean.substring(slash + 1);
    String directory = slash < 0 ? "" : clean.substring(0, slash);
    try (Fd parent = tree.openInRoot(root, directory, PATH_DIRECTORY)) {
      FileStat stat = tree.stat(parent, name.isEmpty() ? "." : name);
      return EntryReader.isWhiteout(stat)
          ? Optional.empty()
          : Optional.of(reader.read(parent, name, stat, clean));
    } catch (KernelException e) {
      if (isAbsence(e)) {
        return Optional.empty();
      }
      throw failed(path, e);
    }
  }

  @Override
  public String resolve(String path) {
    Deque<String> todo = new ArrayDeque<>(components(path));
    List<String> done = new ArrayList<>();
    int links = 0;
    while (!todo.isEmpty()) {
      String component = todo.pop();
      if (component.equals("..")) {
        if (!done.isEmpty()) {
          done.remove(done.size() - 1);
        }
        continue;
      }
      done.add(component);
      Optional<TreeEntry> entry = find(String.join("/", done));
      if (entry.isPresent() && entry.get().kind() == TreeEntry.Kind.SYMLINK) {
        if (++links > MOST_LINKS) {
          throw failed(path, new KernelException("resolve", path, Errno.ELOOP));
        }
        follow(entry.get().link(), todo, done);
      }
    }
    return String.join("/", done);
  }

  private static void follow(String target, Deque<String> todo, List<String> done) {
    if (target.startsWith("/")) {
      done.clear();
    } else {
      done.remove(done.size() - 1);
    }
    List<String> components = components(target);
    for (int i = components.size() - 1; i >= 0; i--) {
      todo.push(components.get(i));
    }
  }

  @Override
  public List<TreeEntry> list(String path) {
    String prefix = String.join("/", components(path));
    int flags = OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY;
    try (Fd directory = tree.openInRoot(root, prefix, flags)) {
      List<String> names = TreeCalls.list(directory, buffer);
      names.sort(FileNames.BYTE_ORDER);
      List<TreeEntry> entries = new ArrayList<>(names.size());
      for (String name : names) {
        FileStat stat = tree.stat(directory, name);
        if (!EntryReader.isWhiteout(stat)) {
          String child = prefix.isEmpty() ? name : prefix + "/" + name;
          entries.add(reader.read(directory, name, stat, child));
        }
      }
      return entries;
    } catch (KernelException e) {
      throw failed(path, e);
    }
  }

  @Override
  public InputStream open(String path) throws IOException {
    String clean = String.join("/", components(path));
    // First without opening it: to open a device or a FIFO of an image would act or wait.
    try (Fd found = tree.openInRoot(root, clean, OpenFlags.O_PATH)) {
      if (!FileCalls.stat(found).isRegular()) {
        throw new IOException(path + " is not a regular file");
      }
      Fd file = tree.reopen(found, OpenFlags.O_RDONLY);
      return new FdInputStream(file, path, buffer);
    } catch (KernelException e) {
      throw new IOException(path + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    root.close();
    buffer.close();
  }

  private static List<String> components(String path) {
    return Arrays.stream(path.split("/"))
        .filter(part -> !part.isEmpty() && !part.equals("."))
        .toList();
  }

  private static boolean isAbsence(KernelException e) {
    return e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR) || e.is(Errno.ENAMETOOLONG);
  }

  private static UncheckedIOException failed(String path, KernelException e) {
    return new UncheckedIOException(
        "cannot read " + path + " of an image: " + e.getMessage(), new IOException(e));
  }
}
