package io.jollyboat.linux.rootfs;

import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.spi.host.TreeEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * This machine's programs without its data, as the base of a container: read-only binds of /usr,
 * /bin, /sbin, /lib* and the JVM's home, and /etc without what only its owner may read. Root in
 * such a container is root of this machine where files are concerned, so what is not bound cannot
 * be reached, and it belongs in a user namespace of its own. Looked through at once. Immutable.
 *
 * @param baseLayer the lowest layer: mount points, links such as /bin, and the usual empty
 *     directories
 * @param etcLayer lies over this machine's /etc: whiteouts for what is hidden, plain files for what
 *     is bound over; none where the names of /etc are bound one by one
 * @param mounts the binds but /etc as a whole
 * @param seen the directories of /etc, with the time of their last change when they were read
 */
public record HostRootfs(
    Path baseLayer,
    Optional<Path> etcLayer,
    List<ContainerMount> mounts,
    Map<Path, FileTime> seen) {
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

  /** /lib, /lib64 and their kin; not whatever else begins so. */
  private static final Pattern LIBRARIES = Pattern.compile("lib(n?32|o32|x32|64|exec)?");

  public HostRootfs {
    mounts = List.copyOf(mounts);
    seen = Map.copyOf(seen);
  }

  /**
   * Whether no name has come to /etc since it was looked through: what this does not know of it
   * does not hide.
   */
  public boolean isCurrent() {
    return HostEtc.isCurrent(seen);
  }

  /**
   * @param directory for the two layers, made when missing
   * @param certificates path below /etc at which the engine binds certificates; may be empty
   * @param ofUser for containers in a user namespace
   */
  public static HostRootfs prepare(
      LayerTrees trees, Path directory, String certificates, boolean ofUser) {
    SmallLayers layers = new SmallLayers(trees, directory);
    try {
      SortedMap<String, TreeEntry> base = new TreeMap<>();
      base.put("", TreeEntry.directory("", attributes(0755)));
      DIRECTORIES.forEach(
          (path, mode) -> base.put(path, TreeEntry.directory(path, attributes(mode))));
      List<ContainerMount> mounts = programs(base);
      HostEtc etc = HostEtc.look(Path.of("/etc").toRealPath(), certificates);
      boolean whole = !ofUser || !EtcNames.hasMounts();
      if (!whole) {
        EtcNames.bind(etc, base, mounts);
      }
      return new HostRootfs(
          layers.of(List.copyOf(base.values())),
          whole ? Optional.of(layers.of(etc.entries())) : Optional.empty(),
          mounts,
          etc.seen());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot look through this machine's programs: " + e.getMessage(), e);
    }
  }

  /** Directories are bound; links to them, such as /bin on most machines, are made again. */
  private static List<ContainerMount> programs(Map<String, TreeEntry> base) throws IOException {
    List<ContainerMount> mounts = new ArrayList<>();
    List<Path> tops = new ArrayList<>(List.of(Path.of("/usr"), Path.of("/bin"), Path.of("/sbin")));
    try (var all = Files.newDirectoryStream(Path.of("/"), "lib*")) {
      for (Path path : all) {
        if (LIBRARIES.matcher(path.getFileName().toString()).matches()) {
          tops.add(path);
        }
      }
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

  private static FileAttributes attributes(int mode) {
    return new FileAttributes(mode, 0, 0, Instant.EPOCH);
  }
}
