package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.NativeBuffer;
import io.jollyboat.linux.syscall.OpenFlags;
import io.jollyboat.linux.syscall.TreeCalls;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Deletes a directory with everything in it. A tree may be deeper than the longest path and have
 * more levels than there are descriptors: what lies too deep is first moved to the top.
 */
final class TreeDeletion {
  private static final int DEEPEST = 64;
  private static final int LISTING = 64 * 1024;
  private static final String MOVED = ".jollyboat-deleted-";

  private final TreeAccess tree;
  private final Fd top;
  private final NativeBuffer buffer;
  private final Deque<String> moved = new ArrayDeque<>();
  private int nextNumber;

  private TreeDeletion(TreeAccess tree, Fd top, NativeBuffer buffer) {
    this.tree = tree;
    this.top = top;
    this.buffer = buffer;
  }

  /** Deletes a directory, given the one that holds it; missing is fine. */
  static void delete(TreeAccess tree, Fd parent, String name) {
    try (Fd top = openDirectory(tree, parent, name);
        NativeBuffer buffer = new NativeBuffer(LISTING)) {
      TreeDeletion deletion = new TreeDeletion(tree, top, buffer);
      deletion.empty(top, 0);
      while (!deletion.moved.isEmpty()) {
        deletion.deleteMoved(deletion.moved.pop());
      }
      tree.removeDirectory(parent, name);
    } catch (KernelException e) {
      if (!e.is(Errno.ENOENT)) {
        throw e;
      }
    }
  }

  /** Part by part: the names of a hostile directory are more than memory holds. */
  private void empty(Fd directory, int depth) {
    List<String> names = new ArrayList<>();
    while (TreeCalls.listPart(directory, buffer, names)) {
      names.forEach(name -> deleteEntry(directory, name, depth));
      names.clear();
    }
  }

  private void deleteEntry(Fd directory, String name, int depth) {
    try {
      tree.removeFile(directory, name);
    } catch (KernelException e) {
      // POSIX has EPERM where Linux answers EISDIR; what is no directory fails again below.
      if (!e.is(Errno.EISDIR) && !e.is(Errno.EPERM)) {
        throw e;
      }
      deleteDirectory(directory, name, depth);
    }
  }

  /** It may be gone: what is moved to the top may still be listed there. */
  private void deleteMoved(String name) {
    try {
      deleteDirectory(top, name, 0);
    } catch (KernelException e) {
      if (!e.is(Errno.ENOENT)) {
        throw e;
      }
    }
  }

  private void deleteDirectory(Fd parent, String name, int depth) {
    if (depth == DEEPEST) {
      moved.push(moveToTop(parent, name));
      return;
    }
    try (Fd directory = openDirectory(tree, parent, name)) {
      empty(directory, depth + 1);
    }
    tree.removeDirectory(parent, name);
  }

  private String moveToTop(Fd parent, String name) {
    while (true) {
      String free = MOVED + nextNumber++;
      try {
        tree.rename(parent, name, top, free);
        return free;
      } catch (KernelException e) {
        if (!e.is(Errno.EEXIST)) {
          throw e;
        }
      }
    }
  }

  private static Fd openDirectory(TreeAccess tree, Fd parent, String name) {
    int flags = OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY;
    try {
      return tree.open(parent, name, flags);
    } catch (KernelException e) {
      if (!e.is(Errno.EACCES)) {
        throw e;
      }
      tree.changeMode(parent, name, 0700);
      return tree.open(parent, name, flags);
    }
  }
}
