package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileStat;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.NativeBuffer;
import io.jollyboat.linux.syscall.OpenFlags;
import io.jollyboat.linux.syscall.TreeCalls;
import io.jollyboat.spi.host.FileNames;
import io.jollyboat.spi.host.LayerTree;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeEntry.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Reads one layer's tree in its canonical order. Not safe for use by several threads. */
final class LinuxLayerTree implements LayerTree {
  private static final int CHUNK = 128 * 1024;
  private static final int DEEPEST = 1000;
  private static final int DIRECTORY = OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY;
  private static final byte[] YES = "y".getBytes(StandardCharsets.US_ASCII);
  private static final Comparator<Found> ORDER =
      Comparator.comparing((Found found) -> !EntryReader.isWhiteout(found.stat()))
          .thenComparing(Found::name, FileNames.BYTE_ORDER);

  private final TreeAccess tree;
  private final Fd root;
  private final boolean live;
  private final Attributes attributes;
  private final EntryReader reader;
  private final NativeBuffer buffer = new NativeBuffer(CHUNK);

  LinuxLayerTree(TreeAccess tree, Fd root, Attributes attributes) {
    this(tree, root, attributes, false);
  }

  private LinuxLayerTree(TreeAccess tree, Fd root, Attributes attributes, boolean live) {
    this.tree = tree;
    this.root = root;
    this.live = live;
    this.attributes = attributes;
    this.reader = new EntryReader(tree, attributes);
  }

  /**
   * A tree that others change meanwhile: what is gone when it is looked at is left out, nothing but
   * regular files is opened, and nothing on a file system that the kernel makes up.
   */
  static LinuxLayerTree ofLive(TreeAccess tree, Fd root, Attributes attributes) {
    return new LinuxLayerTree(tree, root, attributes, true);
  }

  private record Found(String name, FileStat stat) {}

  @Override
  public void forEach(Visitor visitor) throws IOException {
    forEach(UnaryOperator.identity(), visitor);
  }

  @Override
  public void forEach(UnaryOperator<TreeEntry> amendment, Visitor visitor) throws IOException {
    try {
      Walk walk = new Walk(amendment, visitor);
      FileStat stat = tree.stat(root, ".");
      walk.visit(root, new Found("", stat), "");
      walk.walk(root, "", 0);
    } catch (KernelException e) {
      throw TreeFailures.ofMachine(".", e);
    }
  }

  /** Whether a name is gone, or of another kind than it was. */
  private static boolean isChange(KernelException e) {
    return e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR) || e.is(Errno.ELOOP) || e.is(Errno.EINVAL);
  }

  @Override
  public void close() {
    root.close();
    buffer.close();
  }

  /** One pass over the tree. */
  private final class Walk {
    private final UnaryOperator<TreeEntry> amendment;
    private final Visitor visitor;
    private final Map<Long, String> firstNames = new HashMap<>();

    Walk(UnaryOperator<TreeEntry> amendment, Visitor visitor) {
      this.amendment = amendment;
      this.visitor = visitor;
    }

    void walk(Fd directory, String path, int depth) throws IOException {
      if (depth > DEEPEST) {
        throw new IOException("directories lie more than " + DEEPEST + " deep: " + path);
      }
      for (Found found : list(directory)) {
        String child = path.isEmpty() ? found.name() : path + "/" + found.name();
        visit(directory, found, child);
        if (found.stat().isDirectory()) {
          descend(directory, found.name(), child, depth + 1);
        }
      }
    }

    private void descend(Fd directory, String name, String path, int depth) throws IOException {
      try (Fd opened = tree.open(directory, name, DIRECTORY)) {
        if (!live || !KernelFiles.hold(opened)) {
          walk(opened, path, depth);
        }
      } catch (KernelException e) {
        if (!live || !isChange(e)) {
          throw e;
        }
      }
    }

    private List<Found> list(Fd directory) {
      List<Found> all = new ArrayList<>();
      for (String name : TreeCalls.list(directory, buffer)) {
        try {
          all.add(new Found(name, tree.stat(directory, name)));
        } catch (KernelException e) {
          if (!live || !isChange(e)) {
            throw e;
          }
        }
      }
      all.sort(ORDER);
      return all;
    }

    void visit(Fd directory, Found found, String path) throws IOException {
      TreeEntry entry;
      try {
        entry = linked(reader.read(directory, found.name(), found.stat(), path), found);
      } catch (KernelException e) {
        if (live && isChange(e)) {
          return;
        }
        throw e;
      }
      TreeEntry amended = amendment.apply(entry);
      if (entry.kind() != Kind.WHITEOUT && entry.kind() != Kind.HARD_LINK) {
        amend(directory, found.name(), entry, amended);
      }
      visitor.visit(
          amended, () -> new FdInputStream(content(directory, found.name(), path), path, buffer));
    }

    private Fd content(Fd directory, String name, String path) throws IOException {
      return live
          ? KernelFiles.openRegular(directory, name, path)
          : tree.open(directory, name, OpenFlags.O_RDONLY);
    }

    private TreeEntry linked(TreeEntry entry, Found found) {
      boolean several = found.stat().links() > 1;
      if (!several || entry.kind() == Kind.DIRECTORY || entry.kind() == Kind.WHITEOUT) {
        return entry;
      }
      String first = firstNames.putIfAbsent(found.stat().inode(), entry.path());
      return first == null ? entry : TreeEntry.hardLink(entry.path(), entry.attributes(), first);
    }

    private void amend(Fd directory, String name, TreeEntry from, TreeEntry to) {
      Instant time = to.attributes().modified();
      if (!time.equals(from.attributes().modified())) {
        String self = name.isEmpty() ? "." : name;
        tree.changeModified(directory, self, time.getEpochSecond(), time.getNano());
      }
      if (from.opaque() && !to.opaque()) {
        tree.removeAttribute(directory, name, attributes.opaque());
      } else if (to.opaque() && !from.opaque()) {
        tree.setAttribute(directory, name, attributes.opaque(), YES);
      }
    }
  }
}
