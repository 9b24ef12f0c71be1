package io.jollyboat.build;

import io.jollyboat.spi.host.MergedTree;
import io.jollyboat.spi.host.TreeEntry;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Layers in memory, merged as overlayfs does. */
final class MemoryTree implements MergedTree {
  private final SortedMap<String, Node> nodes = new TreeMap<>(TreePath.ORDER);

  /** A name, and a file's bytes. */
  static final class Node {
    private final TreeEntry entry;
    private final byte[] content;

    Node(TreeEntry entry, byte[] content) {
      this.entry = entry;
      this.content = content;
    }

    TreeEntry entry() {
      return entry;
    }

    byte[] content() {
      return content;
    }
  }

  MemoryTree(List<Map<String, Node>> bottomFirst) {
    for (Map<String, Node> layer : bottomFirst) {
      layer.forEach(this::lay);
    }
  }

  private void lay(String path, Node node) {
    boolean directory = node.entry().kind() == TreeEntry.Kind.DIRECTORY;
    if (!directory || node.entry().opaque()) {
      nodes.keySet().removeIf(known -> known.startsWith(path + "/"));
    }
    if (node.entry().kind() == TreeEntry.Kind.WHITEOUT) {
      nodes.remove(path);
    } else {
      nodes.put(path, node);
    }
  }

  SortedMap<String, Node> nodes() {
    return nodes;
  }

  String text(String path) {
    return new String(content(path), java.nio.charset.StandardCharsets.UTF_8);
  }

  byte[] content(String path) {
    return java.util.Objects.requireNonNull(nodes.get(path), path).content();
  }

  @Override
  public Optional<TreeEntry> find(String path) {
    String real = TreePath.child(resolve(TreePath.parent(path)), TreePath.name(path));
    return Optional.ofNullable(nodes.get(real)).map(Node::entry);
  }

  @Override
  public String resolve(String path) {
    Deque<String> rest = new ArrayDeque<>(TreePath.parts(path));
    String done = "";
    for (int links = 0; !rest.isEmpty(); ) {
      String part = rest.pop();
      if (part.equals("..")) {
        done = TreePath.parent(done);
        continue;
      }
      String next = TreePath.child(done, part);
      Node node = nodes.get(next);
      if (node == null || node.entry().kind() != TreeEntry.Kind.SYMLINK) {
        done = next;
      } else if (++links > 40) {
        throw new java.io.UncheckedIOException(new IOException("loop"));
      } else {
        String target = node.entry().link();
        done = target.startsWith("/") ? "" : done;
        List<String> parts = TreePath.parts(target.replaceAll("^/+", ""));
        for (int i = parts.size() - 1; i >= 0; i--) {
          rest.push(parts.get(i));
        }
      }
    }
    return done;
  }

  @Override
  public List<TreeEntry> list(String path) {
    String real = resolve(path);
    return nodes.values().stream()
        .map(Node::entry)
        .filter(entry -> !entry.path().isEmpty() && entry.parent().equals(real))
        .map(entry -> entry.withPath(TreePath.child(path, entry.name())))
        .toList();
  }

  @Override
  public InputStream open(String path) throws IOException {
    Node node = nodes.get(resolve(path));
    if (node == null) {
      throw new FileNotFoundException(path);
    }
    return new ByteArrayInputStream(node.content());
  }

  @Override
  public void close() {}
}
