package io.jollyboat.build;

import io.jollyboat.spi.host.EditableTree;
import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.TreeEntry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Layers in memory under a directory that receives what is written; what is deleted or changed is
 * so in the view only.
 */
final class MemoryEdits implements EditableTree {
  private static final FileAttributes PLAIN = new FileAttributes(0755, 0, 0, Instant.EPOCH);

  final Set<String> deleted = new TreeSet<>();
  private final MemoryTree view;
  private final Path upper;

  MemoryEdits(MemoryTree view, Path upper) {
    this.view = view;
    this.upper = upper;
  }

  @Override
  public void write(TreeEntry entry, InputStream content) throws IOException {
    byte[] bytes = content.readAllBytes();
    Path file = upper.resolve(entry.path());
    Files.createDirectories(file.getParent());
    switch (entry.kind()) {
      case DIRECTORY -> Files.createDirectories(file);
      case SYMLINK -> Files.createSymbolicLink(file, Path.of(entry.link()));
      default -> Files.write(file, bytes);
    }
    for (String parent = entry.parent(); !parent.isEmpty(); parent = TreePath.parent(parent)) {
      view.nodes()
          .putIfAbsent(
              parent, new MemoryTree.Node(TreeEntry.directory(parent, PLAIN), new byte[0]));
    }
    boolean isFile = entry.kind() == TreeEntry.Kind.FILE;
    TreeEntry sized =
        isFile ? TreeEntry.file(entry.path(), entry.attributes(), bytes.length) : entry;
    view.nodes().put(entry.path(), new MemoryTree.Node(sized, bytes));
  }

  @Override
  public void delete(String path) throws IOException {
    deleted.add(path);
    view.nodes().keySet().removeIf(name -> name.equals(path) || name.startsWith(path + "/"));
    if (Files.exists(upper.resolve(path), LinkOption.NOFOLLOW_LINKS)) {
      Files.delete(upper.resolve(path));
    }
  }

  @Override
  public void change(TreeEntry entry, FileAttributes attributes) throws IOException {
    byte[] content = view.content(entry.path());
    TreeEntry changed = entry.withAttributes(attributes);
    if (entry.kind() == TreeEntry.Kind.FILE) {
      write(changed, new ByteArrayInputStream(content));
    }
    view.nodes().put(entry.path(), new MemoryTree.Node(changed, content));
  }

  @Override
  public Optional<TreeEntry> find(String path) {
    return path.isEmpty() ? Optional.of(TreeEntry.directory("", PLAIN)) : view.find(path);
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
  public void close() {}
}
