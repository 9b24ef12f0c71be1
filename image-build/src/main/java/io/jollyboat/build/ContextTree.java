package io.jollyboat.build;

import io.jollyboat.dockerfile.DockerIgnore;
import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.MergedTree;
import io.jollyboat.spi.host.TreeEntry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A directory of this machine as a source of files: owner 0:0, times in whole seconds, without what
 * is ignored. Links are followed inside the directory only. What was listed once stays as it was:
 * all steps of a build see the same. Safe for use by several threads.
 */
final class ContextTree implements MergedTree {
  private static final int MOST_LINKS = 40;
  private static final String FACTS = "unix:mode,size,ino,lastModifiedTime,ctime,uid,gid";

  private static final int USER = idOfThisProcess("unix:uid");
  private static final int GROUP = idOfThisProcess("unix:gid");

  private final Directories directories;
  private final DockerIgnore ignored;
  private final Map<String, Map<String, Listed>> listed = new HashMap<>();
  private final Set<String> partial = new HashSet<>();

  /**
   * @param root a directory; a link at its own path is followed
   */
  ContextTree(Path root, DockerIgnore ignored) {
    this.directories = new Directories(root);
    this.ignored = ignored;
  }

  /** A file's identity: when all of it is the same, so is the content. */
  record Stamp(long inode, long size, long modifiedNanos, long changedNanos) {}

  /**
   * @param own of this process's user, which a container sees as 0:0
   */
  private record Listed(TreeEntry entry, Stamp stamp, boolean own) {}

  Path root() {
    return directories.root();
  }

  @Override
  public synchronized Optional<TreeEntry> find(String path) {
    return findListed(path).map(Listed::entry);
  }

  /** The stamp of a name that {@link #find} or {@link #list} gave. */
  synchronized Optional<Stamp> stamp(String path) {
    return findListed(path).map(Listed::stamp);
  }

  private Optional<Listed> findListed(String path) {
    if (path.isEmpty()) {
      return Optional.of(read("", directories.root()));
    }
    String directory = resolve(TreePath.parent(path));
    if (!isDirectory(directory)) {
      return Optional.empty();
    }
    return Optional.ofNullable(names(directory).get(TreePath.name(path)));
  }

  private boolean isDirectory(String resolved) {
    return resolved.isEmpty()
        || findHere(resolved).map(Listed::entry).map(TreeEntry::kind).orElse(null)
            == TreeEntry.Kind.DIRECTORY;
  }

  /** Of a path without links above its last component. */
  private Optional<Listed> findHere(String path) {
    String parent = TreePath.parent(path);
    return isDirectory(parent)
        ? Optional.ofNullable(names(parent).get(TreePath.name(path)))
        : Optional.empty();
  }

  @Override
  public synchronized String resolve(String path) {
    Deque<String> rest = new ArrayDeque<>(TreePath.parts(path));
    String done = "";
    int links = 0;
    while (!rest.isEmpty()) {
      String part = rest.pop();
      if (part.equals("..")) {
        done = TreePath.parent(done);
        continue;
      }
      String next = TreePath.child(done, part);
      Optional<TreeEntry> entry = findHere(next).map(Listed::entry);
      if (entry.isEmpty() || entry.get().kind() != TreeEntry.Kind.SYMLINK) {
        done = next;
        continue;
      }
      if (++links > MOST_LINKS) {
        throw new UncheckedIOException(new FileSystemLoopException(path));
      }
      String target = entry.get().link();
      done = target.startsWith("/") ? "" : done;
      push(target, rest);
    }
    return done;
  }

  private static void push(String target, Deque<String> rest) {
    String[] parts = target.split("/");
    for (int i = parts.length - 1; i >= 0; i--) {
      if (!parts[i].isEmpty() && !parts[i].equals(".")) {
        rest.push(parts[i]);
      }
    }
  }

  @Override
  public synchronized List<TreeEntry> list(String path) {
    String directory = resolve(path);
    if (!isDirectory(directory)) {
      return List.of();
    }
    Collection<Listed> found = names(directory).values();
    List<TreeEntry> entries = new ArrayList<>(found.size());
    for (Listed one : found) {
      entries.add(one.entry().withPath(TreePath.child(path, one.entry().name())));
    }
    return entries;
  }

  private Map<String, Listed> names(String directory) {
    Map<String, Listed> known = listed.get(directory);
    if (known == null) {
      known = readNames(directory);
      listed.put(directory, known);
    }
    return known;
  }

  private Map<String, Listed> readNames(String directory) {
    Map<String, Listed> names = new TreeMap<>(TreePath.ORDER);
    Path onHost = onHost(directory);
    try {
      for (Path name : directories.list(directory)) {
        String text = HostNames.of(name);
        String path = TreePath.child(directory, text);
        boolean excluded = ignored.excludes(path);
        if (excluded) {
          partial.add(directory);
        }
        if (!excluded || !ignored.excludesAllBelow(path)) {
          addUnlessGone(names, text, path, onHost.resolve(name), excluded);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + onHost + ": " + e.getMessage(), e);
    }
    return names;
  }

  private void addUnlessGone(
      Map<String, Listed> names, String name, String path, Path file, boolean excluded) {
    try {
      Listed found = read(path, file);
      if (!excluded || hasVisible(found.entry())) {
        names.put(name, found);
      }
    } catch (UncheckedIOException e) {
      if (!(e.getCause() instanceof NoSuchFileException)) {
        throw e;
      }
    }
  }

  /** An excluded directory shows where an exception lets in something below it. */
  private boolean hasVisible(TreeEntry entry) {
    return entry.kind() == TreeEntry.Kind.DIRECTORY && !names(entry.path()).isEmpty();
  }

  private Listed read(String path, Path file) {
    try {
      Map<String, Object> facts =
          path.isEmpty()
              ? Files.readAttributes(file, FACTS)
              : Files.readAttributes(file, FACTS, LinkOption.NOFOLLOW_LINKS);
      int mode = fact(facts, "mode", Integer.class);
      Instant modified = fact(facts, "lastModifiedTime", FileTime.class).toInstant();
      Instant changed = fact(facts, "ctime", FileTime.class).toInstant();
      long size = fact(facts, "size", Long.class);
      FileAttributes attributes =
          new FileAttributes(mode & 07777, 0, 0, modified.truncatedTo(ChronoUnit.SECONDS));
      Stamp stamp =
          new Stamp(fact(facts, "ino", Long.class), size, nanos(modified), nanos(changed));
      boolean own =
          fact(facts, "uid", Integer.class) == USER && fact(facts, "gid", Integer.class) == GROUP;
      return new Listed(entry(path, file, kind(mode), attributes, size), stamp, own);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /** Files that this process makes belong to its user, who owns its directory of the kernel's. */
  private static int idOfThisProcess(String attribute) {
    try {
      return (int) Files.getAttribute(Path.of("/proc/self"), attribute);
    } catch (IOException | UnsupportedOperationException e) {
      return -1; // no Linux: nothing is mounted anywhere
    }
  }

  private static <T> T fact(Map<String, Object> facts, String name, Class<T> type) {
    return Objects.requireNonNull(type.cast(facts.get(name)), name);
  }

  private static TreeEntry.Kind kind(int mode) {
    return switch (mode & 0170000) {
      case 0100000 -> TreeEntry.Kind.FILE;
      case 0040000 -> TreeEntry.Kind.DIRECTORY;
      case 0120000 -> TreeEntry.Kind.SYMLINK;
      case 0020000 -> TreeEntry.Kind.CHARACTER_DEVICE;
      case 0060000 -> TreeEntry.Kind.BLOCK_DEVICE;
      case 0010000 -> TreeEntry.Kind.FIFO;
      default -> TreeEntry.Kind.SOCKET;
    };
  }

  private TreeEntry entry(
      String path, Path file, TreeEntry.Kind kind, FileAttributes attributes, long size)
      throws IOException {
    return switch (kind) {
      case FILE -> TreeEntry.file(path, attributes, size);
      case DIRECTORY -> TreeEntry.directory(path, attributes);
      case SYMLINK -> TreeEntry.symlink(path, attributes.withMode(0777), linkText(file));
      default -> new TreeEntry(path, kind, attributes, 0, "", 0, 0, false);
    };
  }

  /** Links cannot be read relative to an open directory: look again whether it is inside. */
  private String linkText(Path link) throws IOException {
    Path target = Files.readSymbolicLink(link);
    Path parent = link.resolveSibling(".").toRealPath();
    if (!parent.startsWith(directories.root().toRealPath())) {
      throw new NoSuchFileException(link.toString(), null, "moved out of the context");
    }
    StringBuilder text = new StringBuilder(target.isAbsolute() ? "/" : "");
    for (Path part : target) {
      text.append(text.length() > 0 && text.charAt(text.length() - 1) != '/' ? "/" : "");
      text.append(HostNames.of(part));
    }
    return text.toString();
  }

  /**
   * Whether a directory and all below it would look the same on this machine: nothing is left out,
   * and everything belongs to this process's user.
   *
   * @param path without links
   */
  synchronized boolean isAsItLies(String path) {
    Optional<Listed> top = findListed(path);
    return top.isPresent() && top.get().own() && !partial.contains(path) && isAllAsItLies(path);
  }

  private boolean isAllAsItLies(String directory) {
    for (Map.Entry<String, Listed> below : names(directory).entrySet()) {
      boolean deeper = below.getValue().entry().kind() == TreeEntry.Kind.DIRECTORY;
      String path = TreePath.child(directory, below.getKey());
      if (!below.getValue().own() || (deeper && !isAsItLies(path))) {
        return false;
      }
    }
    return !partial.contains(directory);
  }

  /** Where a path without links is on this machine. */
  Path onHost(String path) {
    Path file = directories.root();
    for (String part : TreePath.parts(path)) {
      file = file.resolve(HostNames.path(part));
    }
    return file;
  }

  @Override
  public InputStream open(String path) throws IOException {
    return directories.read(resolve(path));
  }

  @Override
  public void close() {}

  private static long nanos(Instant time) {
    return time.getEpochSecond() * 1_000_000_000L + time.getNano();
  }
}
