package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileStat;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.NativeBuffer;
import io.jollyboat.linux.syscall.OpenFlags;
import io.jollyboat.linux.syscall.TreeCalls;
import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Writes a tree below the descriptor of its root. Not safe for use by several threads. */
final class LinuxTreeWriter implements TreeWriter {
  private static final int CHUNK = 128 * 1024;
  private static final int MOST_TRIES = 100;
  private static final byte[] ZEROS = new byte[CHUNK];
  private static final FileAttributes NO_ATTRIBUTES = new FileAttributes(0, 0, 0, Instant.EPOCH);

  private final TreeAccess tree;
  private final Fd root;
  private final boolean live;
  private final ParentDirectories parents;
  private final Map<String, Instant> directoryTimes = new HashMap<>();
  private final NativeBuffer buffer = new NativeBuffer(CHUNK);
  private final byte[] chunk = new byte[CHUNK];

  private LinuxTreeWriter(TreeAccess tree, Fd root, Attributes attributes, boolean live) {
    this.tree = tree;
    this.root = root;
    this.live = live;
    this.parents =
        new ParentDirectories(
            tree,
            root,
            attributes,
            live ? path -> {} : path -> directoryTimes.putIfAbsent(path, Instant.EPOCH));
  }

  /** Writes a tree that is new; its missing parents and its root have no time. */
  static LinuxTreeWriter ofNew(TreeAccess tree, Fd root, Attributes attributes) {
    LinuxTreeWriter writer = new LinuxTreeWriter(tree, root, attributes, false);
    writer.directoryTimes.put("", Instant.EPOCH);
    return writer;
  }

  /**
   * Writes into a tree that others see and change meanwhile: nothing that overlayfs would take for
   * a mark of its own is written.
   */
  static LinuxTreeWriter ofLive(TreeAccess tree, Fd root, Attributes attributes) {
    return new LinuxTreeWriter(tree, root, attributes, true);
  }

  @Override
  public void write(TreeEntry entry, InputStream content) throws IOException {
    try {
      if (entry.path().isEmpty()) {
        writeRoot(entry);
      } else {
        Fd parent = parents.open(entry.parent());
        write(entry, parent, checkedName(entry), content);
      }
    } catch (KernelException e) {
      throw TreeFailures.of(entry.path(), e);
    }
  }

  private static String checkedName(TreeEntry entry) throws IOException {
    String name = entry.name();
    if (name.isEmpty() || name.equals(".") || name.equals("..")) {
      throw new IOException("\"" + entry.path() + "\" does not name a file");
    }
    return name;
  }

  private void write(TreeEntry entry, Fd parent, String name, InputStream content)
      throws IOException {
    switch (entry.kind()) {
      case FILE -> writeFile(entry, parent, name, content);
      case DIRECTORY -> writeDirectory(entry, parent, name);
      case HARD_LINK -> writeHardLink(entry, parent, name);
      case WHITEOUT -> writeWhiteout(parent, name);
      case SYMLINK -> {
        replacing(entry, parent, name, () -> tree.makeSymlink(parent, name, entry.link()));
        changeOwner(parent, name, entry.attributes());
        changeTimes(parent, name, entry.attributes());
      }
      case CHARACTER_DEVICE -> writeNode(entry, parent, name, TreeCalls.S_IFCHR);
      case BLOCK_DEVICE -> writeNode(entry, parent, name, TreeCalls.S_IFBLK);
      case FIFO -> writeNode(entry, parent, name, TreeCalls.S_IFIFO);
      case SOCKET -> writeNode(entry, parent, name, TreeCalls.S_IFSOCK);
    }
  }

  private void writeRoot(TreeEntry entry) throws IOException {
    if (entry.kind() != TreeEntry.Kind.DIRECTORY) {
      throw new IOException("the root of a layer must be a directory, not a " + entry.kind());
    }
    changeOwner(root, ".", entry.attributes());
    tree.changeMode(root, entry.attributes().mode());
    changeXattrs(root, entry.attributes());
    if (entry.opaque()) {
      parents.markOpaque(root, "");
    }
    directoryTimes.put("", entry.attributes().modified());
  }

  private void writeFile(TreeEntry entry, Fd parent, String name, InputStream content)
      throws IOException {
    Fd created = createFile(entry, parent, name);
    try (created) {
      copy(content, created);
      FileAttributes attributes = entry.attributes();
      // The owner before the mode: chown(2) clears set-id bits, and file capabilities too.
      tree.changeOwner(created, attributes.uid(), attributes.gid());
      tree.changeMode(created, attributes.mode());
      changeXattrs(created, attributes);
      Instant time = attributes.modified();
      tree.changeTimes(created, time.getEpochSecond(), time.getNano());
    }
  }

  private Fd createFile(TreeEntry entry, Fd parent, String name) throws IOException {
    Fd directory = parent;
    for (int tries = 1; ; tries++) {
      try {
        return tree.create(directory, name);
      } catch (KernelException e) {
        if (!e.is(Errno.EEXIST) || tries == MOST_TRIES) {
          throw e;
        }
        remove(entry.path(), directory, name);
        directory = parents.open(entry.parent());
      }
    }
  }

  /** Zeros in numbers are a hole again, as they were in most files that have so many. */
  private void copy(InputStream content, Fd file) throws IOException {
    long size = 0;
    boolean endsWithHole = false;
    for (int count = content.readNBytes(chunk, 0, CHUNK);
        count > 0;
        count = content.readNBytes(chunk, 0, CHUNK)) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("interrupted while writing a file");
      }
      endsWithHole = count == CHUNK && chunk[0] == 0 && Arrays.equals(chunk, ZEROS);
      if (endsWithHole) {
        TreeCalls.skip(file, count);
      } else {
        buffer.bytes().put(0, chunk, 0, count);
        TreeCalls.writeFully(file, buffer, count);
      }
      size += count;
    }
    if (endsWithHole) {
      TreeCalls.changeSize(file, size);
    }
  }

  private void writeDirectory(TreeEntry entry, Fd parent, String name) throws IOException {
    try {
      tree.makeDirectory(parent, name);
    } catch (KernelException e) {
      if (!e.is(Errno.EEXIST)) {
        throw e;
      }
      FileStat present = tree.stat(parent, name);
      if (EntryReader.isWhiteout(present)) {
        parents.replaceWhiteout(parent, name);
      } else if (!present.isDirectory()) {
        tree.removeFile(parent, name);
        tree.makeDirectory(parent, name);
      }
    }
    changeOwner(parent, name, entry.attributes());
    tree.changeMode(parent, name, entry.attributes().mode());
    for (Map.Entry<String, byte[]> xattr : entry.attributes().xattrs().entrySet()) {
      if (FileAttributes.belongsToLayer(xattr.getKey())) {
        tree.setAttribute(parent, name, xattr.getKey(), xattr.getValue());
      }
    }
    if (entry.opaque()) {
      parents.markOpaque(parent, name);
    }
    directoryTimes.put(entry.path(), entry.attributes().modified());
  }

  private void writeHardLink(TreeEntry entry, Fd parent, String name) throws IOException {
    String target = entry.link();
    int slash = target.lastIndexOf('/');
    String targetName = target.substring(slash + 1);
    int flags = OpenFlags.O_PATH | OpenFlags.O_DIRECTORY;
    String targetParent = slash < 0 ? "" : target.substring(0, slash);
    try (Fd from = tree.openInRoot(root, targetParent, flags)) {
      FileStat first = tree.stat(from, targetName);
      replacing(
          entry,
          parent,
          name,
          () -> {
            if (!isSame(first, parent, name)) {
              tree.makeLink(from, targetName, parent, name);
            }
          });
    }
  }

  private boolean isSame(FileStat first, Fd parent, String name) {
    if (first.links() < 2) {
      return false;
    }
    try {
      return tree.stat(parent, name).inode() == first.inode();
    } catch (KernelException e) {
      return false;
    }
  }

  private void writeNode(TreeEntry entry, Fd parent, String name, int type) throws IOException {
    boolean whiteout =
        entry.kind() == TreeEntry.Kind.CHARACTER_DEVICE && entry.major() == 0 && entry.minor() == 0;
    if (whiteout) {
      writeWhiteout(parent, name);
      return;
    }
    replacing(
        entry, parent, name, () -> tree.makeNode(parent, name, type, entry.major(), entry.minor()));
    changeOwner(parent, name, entry.attributes());
    tree.changeMode(parent, name, entry.attributes().mode());
    changeTimes(parent, name, entry.attributes());
  }

  private void writeWhiteout(Fd parent, String name) throws IOException {
    if (live) {
      throw new IOException(name + " is the device 0:0, which stands for a deleted file");
    }
    try {
      tree.makeNode(parent, name, TreeCalls.S_IFCHR, 0, 0);
    } catch (KernelException e) {
      if (!e.is(Errno.EEXIST)) {
        throw e;
      }
      if (tree.stat(parent, name).isDirectory()) {
        parents.markOpaque(parent, name);
      }
    }
  }

  @Override
  public void markOpaque(String directory) throws IOException {
    try {
      parents.markOpaque(parents.open(directory), "");
    } catch (KernelException e) {
      throw TreeFailures.of(directory, e);
    }
  }

  /** Makes a name; when it exists it is removed first. */
  private void replacing(TreeEntry entry, Fd parent, String name, Runnable make)
      throws IOException {
    try {
      make.run();
    } catch (KernelException e) {
      if (!e.is(Errno.EEXIST)) {
        throw e;
      }
      remove(entry.path(), parent, name);
      make.run();
    }
  }

  private void remove(String path, Fd parent, String name) {
    try {
      if (!tree.stat(parent, name).isDirectory()) {
        tree.removeFile(parent, name);
        return;
      }
    } catch (KernelException e) {
      if (live && e.is(Errno.ENOENT)) {
        return;
      }
      throw e;
    }
    TreeDeletion.delete(tree, parent, name);
    directoryTimes.keySet().removeIf(known -> known.equals(path) || known.startsWith(path + "/"));
  }

  /** Deletes a name; of a directory all that is in it. */
  void delete(String path) throws IOException {
    try {
      TreeEntry named = TreeEntry.whiteout(path, NO_ATTRIBUTES);
      remove(path, parents.open(named.parent()), checkedName(named));
      parents.forget();
    } catch (KernelException e) {
      throw TreeFailures.of(path, e);
    }
  }

  /** Changes mode and owner of what is there. */
  void change(TreeEntry entry, FileAttributes wanted) throws IOException {
    try {
      String name = entry.path().isEmpty() ? "." : checkedName(entry);
      Fd parent = parents.open(entry.parent());
      boolean owned =
          entry.attributes().uid() == wanted.uid() && entry.attributes().gid() == wanted.gid();
      if (!owned) {
        changeOwner(parent, name, wanted);
      }
      if (entry.kind() != TreeEntry.Kind.SYMLINK) {
        tree.changeMode(parent, name, wanted.mode()); // chown(2) has cleared set-id bits
      }
    } catch (KernelException e) {
      throw TreeFailures.of(entry.path(), e);
    }
  }

  private void changeOwner(Fd parent, String name, FileAttributes attributes) {
    tree.changeOwner(parent, name, attributes.uid(), attributes.gid());
  }

  private void changeTimes(Fd parent, String name, FileAttributes attributes) {
    Instant time = attributes.modified();
    tree.changeTimes(parent, name, time.getEpochSecond(), time.getNano());
  }

  private void changeXattrs(Fd file, FileAttributes attributes) {
    for (Map.Entry<String, byte[]> xattr : attributes.xattrs().entrySet()) {
      if (FileAttributes.belongsToLayer(xattr.getKey())) {
        tree.setAttribute(file, xattr.getKey(), xattr.getValue());
      }
    }
  }

  @Override
  public void settle() {
    try {
      directoryTimes.forEach(this::changeDirectoryTime);
    } catch (KernelException e) {
      throw TreeFailures.ofMachine(".", e);
    }
  }

  @Override
  public void finish() {
    settle();
    try {
      TreeCalls.syncFileSystem(root);
    } catch (KernelException e) {
      throw TreeFailures.ofMachine(".", e);
    }
  }

  private void changeDirectoryTime(String path, Instant time) {
    int flags = OpenFlags.O_PATH | OpenFlags.O_DIRECTORY | OpenFlags.O_NOFOLLOW;
    try (Fd directory = tree.openInRoot(root, path, flags)) {
      tree.changeTimes(directory, time.getEpochSecond(), time.getNano());
    } catch (KernelException e) {
      // Another name of the directory led there until a later entry replaced a link on it.
      if (!e.is(Errno.ENOENT) && !e.is(Errno.ENOTDIR) && !e.is(Errno.ELOOP)) {
        throw e;
      }
    }
  }

  @Override
  public void close() {
    parents.close();
    root.close();
    buffer.close();
  }
}
