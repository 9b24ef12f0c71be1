package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.OpenFlags;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Opens the directories that names are written into, makes those that are missing, and keeps the
 * last one open: archives write one directory's names one after the other.
 */
final class ParentDirectories implements AutoCloseable {
  private static final int FLAGS = OpenFlags.O_PATH | OpenFlags.O_DIRECTORY;
  private static final byte[] YES = "y".getBytes(StandardCharsets.US_ASCII);

  private final TreeAccess tree;
  private final Fd root;
  private final Attributes attributes;
  private final Consumer<String> made;
  private String lastPath = "";
  private Fd last;

  /**
   * @param made told the path of each directory that was missing
   */
  ParentDirectories(TreeAccess tree, Fd root, Attributes attributes, Consumer<String> made) {
    this.tree = tree;
    this.root = root;
    this.attributes = attributes;
    this.made = made;
    this.last = root;
  }

  /** The directory of this path, links followed inside the root; owned by this object. */
  Fd open(String path) throws IOException {
    if (!path.equals(lastPath)) {
      Fd found = path.isEmpty() ? root : openOrMake(path);
      forget();
      lastPath = path;
      last = found;
    }
    return last;
  }

  /** To be called when a name was removed: what was open may no longer be what its path means. */
  void forget() {
    if (last != root) {
      last.close();
    }
    lastPath = "";
    last = root;
  }

  void markOpaque(Fd directory, String name) {
    tree.setAttribute(directory, name, attributes.opaque(), YES);
  }

  /** Makes an empty directory in place of a whiteout: it hides what the whiteout hid. */
  void replaceWhiteout(Fd directory, String name) {
    tree.removeFile(directory, name);
    tree.makeDirectory(directory, name);
    markOpaque(directory, name);
  }

  private Fd openOrMake(String path) throws IOException {
    try {
      return tree.openInRoot(root, path, FLAGS);
    } catch (KernelException e) {
      if (!e.is(Errno.ENOENT) && !e.is(Errno.ENOTDIR)) {
        throw e;
      }
    }
    Fd current = root;
    try {
      for (int end = nextEnd(path, 0); end >= 0; end = nextEnd(path, end + 1)) {
        Fd next = openOrMake(current, path.substring(0, end));
        if (current != root) {
          current.close();
        }
        current = next;
      }
      return current;
    } catch (IOException | RuntimeException e) {
      if (current != root) {
        current.close();
      }
      throw e;
    }
  }

  private static int nextEnd(String path, int from) {
    if (from > path.length()) {
      return -1;
    }
    int slash = path.indexOf('/', from);
    return slash < 0 ? path.length() : slash;
  }

  /** Opens a directory, given the one that holds it. */
  private Fd openOrMake(Fd parent, String path) throws IOException {
    try {
      return tree.openInRoot(root, path, FLAGS);
    } catch (KernelException e) {
      String name = path.substring(path.lastIndexOf('/') + 1);
      if (e.is(Errno.ENOENT)) {
        make(parent, name, path);
      } else if (e.is(Errno.ENOTDIR) && EntryReader.isWhiteout(tree.stat(parent, name))) {
        replaceWhiteout(parent, name);
      } else {
        throw e;
      }
      finish(parent, name);
      made.accept(path);
      return tree.open(parent, name, FLAGS);
    }
  }

  private void make(Fd parent, String name, String path) throws IOException {
    try {
      tree.makeDirectory(parent, name);
    } catch (KernelException e) {
      if (e.is(Errno.EEXIST)) {
        throw new IOException(path + " is a symbolic link to nothing, not a directory", e);
      }
      throw e;
    }
  }

  private void finish(Fd parent, String name) {
    tree.changeOwner(parent, name, 0, 0);
    tree.changeMode(parent, name, 0755);
  }

  @Override
  public void close() {
    forget();
  }
}
