package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.spi.host.EditableTree;
import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.TreeEntry;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * A merged view with a writable layer, mounted where only this object reaches it: the kernel copies
 * up, and writes whiteouts. Not safe for use by several threads.
 */
final class LinuxEditableTree implements EditableTree {
  private static final int LOWEST_NUMBER = 3;

  private final LinuxMergedTree view;
  private final LinuxTreeWriter writer;

  /**
   * @param root owned by this object from now on
   */
  LinuxEditableTree(TreeAccess tree, Fd root, Attributes attributes) {
    this.view = new LinuxMergedTree(tree, root, attributes);
    this.writer =
        LinuxTreeWriter.ofLive(tree, FileCalls.duplicate(root, LOWEST_NUMBER), attributes);
  }

  @Override
  public Optional<TreeEntry> find(String path) {
    return view.find(path);
  }

  @Override
  public String resolve(String path) {
    return view.resolve(path);
  }

  @Override
  public List<TreeEntry> list(String path) {
    return view.list(path);
  }

  @Override
  public InputStream open(String path) throws IOException {
    return view.open(path);
  }

  @Override
  public void write(TreeEntry entry, InputStream content) throws IOException {
    writer.write(entry, content);
  }

  @Override
  public void delete(String path) throws IOException {
    writer.delete(path);
  }

  @Override
  public void change(TreeEntry entry, FileAttributes attributes) throws IOException {
    writer.change(entry, attributes);
  }

  @Override
  public void close() {
    writer.close();
    view.close();
  }
}
