package io.jollyboat.linux.rootfs;

import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeEntry.Kind;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The names in /etc as mounts of their own. In a user namespace an overlay takes no directory below
 * which something is mounted, as in every container: the kernel would uncover what lies under it.
 * What is hidden stays away; what only root may read, the user cannot read through a bind either.
 */
final class EtcNames {
  private static final Path ETC = Path.of("/etc");

  private EtcNames() {}

  /** Whether anything is mounted below /etc. */
  static boolean hasMounts() throws IOException {
    try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mountinfo"))) {
      return mounts.anyMatch(line -> line.split(" ", 6)[4].startsWith("/etc/"));
    }
  }

  /** Adds the mount points to {@code base}, and the binds. */
  static void bind(HostEtc etc, Map<String, TreeEntry> base, List<ContainerMount> mounts)
      throws IOException {
    Set<String> hidden =
        etc.entries().stream()
            .filter(entry -> entry.kind() == Kind.WHITEOUT)
            .map(TreeEntry::path)
            .collect(Collectors.toSet());
    try (DirectoryStream<Path> names = Files.newDirectoryStream(ETC)) {
      for (Path path : names) {
        String name = path.getFileName().toString();
        if (!hidden.contains(name) && !HostEtc.ALWAYS_PLAIN.contains(name)) {
          bind(path, "etc/" + name, base, mounts);
        }
      }
    }
    for (String name : HostEtc.ALWAYS_PLAIN) {
      base.put("etc/" + name, TreeEntry.file("etc/" + name, attributes(0644), 0));
    }
  }

  private static void bind(
      Path path, String name, Map<String, TreeEntry> base, List<ContainerMount> mounts)
      throws IOException {
    if (Files.isSymbolicLink(path)) {
      String target = Files.readSymbolicLink(path).toString();
      base.put(name, TreeEntry.symlink(name, attributes(0777), target));
    } else if (Files.isDirectory(path)) {
      base.put(name, TreeEntry.directory(name, attributes(0755)));
      mounts.add(ContainerMount.bind(path, "/" + name, true));
    } else if (Files.isRegularFile(path)) {
      base.put(name, TreeEntry.file(name, attributes(0644), 0));
      mounts.add(ContainerMount.bind(path, "/" + name, true));
    }
  }

  private static FileAttributes attributes(int mode) {
    return new FileAttributes(mode, 0, 0, Instant.EPOCH);
  }
}
