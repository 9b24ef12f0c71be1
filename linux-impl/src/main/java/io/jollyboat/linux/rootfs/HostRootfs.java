package io.jollyboat.linux.rootfs;

import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.spi.host.TreeEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * This machine's programs without its data, as the base of a container: read-only binds of /usr,
 * /bin, /sbin, /lib* and the JVM's home, and /etc without what only its owner may read. Root in
 * such a container is root of this machine where files are concerned, so what is not bound cannot
 * be reached, and it belongs in a user namespace of its own. Looked through once. Immutable.
 *
 * @param baseLayer the lowest layer: mount points, links such as /bin, and the usual empty
 *     directories
 * @param etcLayer lies over this machine's /etc: whiteouts for what is hidden, plain files for what
 *     is bound over
 * @param mounts the binds but /etc
 */
public record HostRootfs(Path baseLayer, Path etcLayer, List<ContainerMount> mounts) {
  private static final Map<String, Integer> DIRECTORIES =
      Map.ofEntries(
          Map.entry("proc", 0755),
          Map.entry("sys", 0755),
          Map.entry("dev", 0755),
          Map.entry("etc", 0755),
          Map.entry("run", 0755),
          Map.entry("tmp", 01777),
          Map.entry("root", 0700),
          Map.entry("home", 0755),
          Map.entry("opt", 0755),
          Map.entry("srv", 0755),
          Map.entry("mnt", 0755),
          Map.entry("media", 0755),
          Map.entry("var", 0755),
          Map.entry("var/tmp", 01777),
          Map.entry("var/cache", 0755),
          Map.entry("var/lib", 0755),
          Map.entry("var/log", 0755),
          Map.entry("var/spool", 0755));

  /** What the engine binds over, and must be a plain file in whatever /etc the machine has. */
  private static final List<String> ALWAYS_PLAIN = List.of("hosts", "hostname", "resolv.conf");

  public HostRootfs {
    mounts = List.copyOf(mounts);
  }

  /**
   * @param directory for the two layers, made when missing
   * @param certificates path below /etc at which the engine binds certificates; may be empty
   */
  public static HostRootfs prepare(LayerTrees trees, Path directory, String certificates) {
    SmallLayers layers = new SmallLayers(trees, directory);
    try {
      SortedMap<String, TreeEntry> base = new TreeMap<>();
      base.put("", TreeEntry.directory("", attributes(0755)));
      DIRECTORIES.forEach(
          (path, mode) -> base.put(path, TreeEntry.directory(path, attributes(mode))));
      List<ContainerMount> mounts = programs(base);
      return new HostRootfs(
          layers.of(List.copyOf(base.values())), layers.of(etc(certificates)), mounts);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot look through this machine's programs: " + e.getMessage(), e);
    }
  }

  /** Directories are bound; links to them, such as /bin on most machines, are made again. */
  private static List<ContainerMount> programs(Map<String, TreeEntry> base) throws IOException {
    List<ContainerMount> mounts = new ArrayList<>();
    List<Path> tops = new ArrayList<>(List.of(Path.of("/usr"), Path.of("/bin"), Path.of("/sbin")));
    try (var libraries = Files.newDirectoryStream(Path.of("/"), "lib*")) {
      libraries.forEach(tops::add);
    }
    for (Path top : tops) {
      String name = top.toString().substring(1);
      if (Files.isSymbolicLink(top)) {
        String target = Files.readSymbolicLink(top).toString();
        base.put(name, TreeEntry.symlink(name, attributes(0777), target));
      } else if (Files.isDirectory(top)) {
        bind(top, base, mounts);
      }
    }
    Path java = Path.of(System.getProperty("java.home")).toRealPath();
    if (mounts.stream().noneMatch(mount -> java.startsWith(mount.target()))) {
      bind(java, base, mounts);
    }
    return mounts;
  }

  private static void bind(
      Path directory, Map<String, TreeEntry> base, List<ContainerMount> mounts) {
    for (Path path = directory; path.getNameCount() > 0; path = path.resolve("..").normalize()) {
      String name = path.toString().substring(1);
      base.putIfAbsent(name, TreeEntry.directory(name, attributes(0755)));
    }
    mounts.add(ContainerMount.bind(directory, directory.toString(), true));
  }

  /** Paths from /etc, which is this layer's root. */
  private static List<TreeEntry> etc(String certificates) throws IOException {
    SortedMap<String, TreeEntry> entries = new TreeMap<>();
    Path etc = Path.of("/etc").toRealPath();
    Files.walkFileTree(
        etc,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes unused)
              throws IOException {
            if (directory.equals(etc) || (mode(directory) & 05) == 05) {
              return FileVisitResult.CONTINUE;
            }
            hide(etc, directory, entries);
            return FileVisitResult.SKIP_SUBTREE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes found)
              throws IOException {
            if (!found.isSymbolicLink() && (mode(file) & 04) == 0) {
              hide(etc, file, entries);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            hide(etc, file, entries); // what we cannot read either, or what is gone by now
            return FileVisitResult.CONTINUE;
          }
        });
    for (String name : ALWAYS_PLAIN) {
      entries.put(name, TreeEntry.file(name, attributes(0644), 0));
    }
    if (certificates.startsWith("/etc/")) {
      plain(etc, certificates.substring("/etc/".length()), entries);
    }
    entries.put("", TreeEntry.directory("", attributes(etc)));
    return List.copyOf(entries.values());
  }

  private static void plain(Path etc, String name, Map<String, TreeEntry> entries)
      throws IOException {
    if (!Files.isRegularFile(etc.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
      parents(etc, name, entries);
      entries.put(name, TreeEntry.file(name, attributes(0644), 0));
    }
  }

  private static void hide(Path etc, Path path, Map<String, TreeEntry> entries) throws IOException {
    String name = etc.relativize(path).toString();
    parents(etc, name, entries);
    entries.put(name, TreeEntry.whiteout(name, attributes(0)));
  }

  /** A directory of two layers has the attributes of the upper one: they are copied. */
  private static void parents(Path etc, String name, Map<String, TreeEntry> entries)
      throws IOException {
    for (int slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
      String parent = name.substring(0, slash);
      Path real = etc.resolve(parent);
      FileAttributes copied = Files.isDirectory(real) ? attributes(real) : attributes(0755);
      entries.putIfAbsent(parent, TreeEntry.directory(parent, copied));
    }
  }

  private static FileAttributes attributes(int mode) {
    return new FileAttributes(mode, 0, 0, Instant.EPOCH);
  }

  private static FileAttributes attributes(Path path) throws IOException {
    return new FileAttributes(
        mode(path) & 07777, unix(path, "uid"), unix(path, "gid"), Instant.EPOCH);
  }

  private static int mode(Path path) throws IOException {
    return unix(path, "mode");
  }

  private static int unix(Path path, String name) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:" + name, LinkOption.NOFOLLOW_LINKS);
  }
}
