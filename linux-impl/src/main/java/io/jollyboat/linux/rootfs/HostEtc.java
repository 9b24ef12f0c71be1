package io.jollyboat.linux.rootfs;

import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.TreeEntry;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The layer over this machine's /etc that hides what others may not read. Paths in it start at
 * /etc, which is its root. Immutable.
 *
 * @param seen the directories, with the time of their last change before they were read
 */
record HostEtc(List<TreeEntry> entries, Map<Path, FileTime> seen) {
  /** What the engine binds over, and must be a plain file in whatever /etc the machine has. */
  static final List<String> ALWAYS_PLAIN = List.of("hosts", "hostname", "resolv.conf");

  /**
   * What passwd(1), vipw(8), visudo(8) and their kin write and rename, for a moment under another
   * name: hidden, there or not.
   */
  private static final List<String> ALWAYS_HIDDEN =
      List.of(
          "shadow",
          "shadow-",
          "shadow+",
          "nshadow",
          "shadow.edit",
          "gshadow",
          "gshadow-",
          "gshadow+",
          "ngshadow",
          "gshadow.edit",
          "sudoers",
          "sudoers.tmp",
          "sudoers.d",
          "krb5.keytab");

  HostEtc {
    entries = List.copyOf(entries);
    seen = Map.copyOf(seen);
  }

  /**
   * @param certificates path below /etc that becomes a plain file; may be empty
   */
  static HostEtc look(Path etc, String certificates) throws IOException {
    SortedMap<String, TreeEntry> entries = new TreeMap<>();
    Map<Path, FileTime> seen = new HashMap<>();
    Files.walkFileTree(
        etc,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes unused)
              throws IOException {
            if (directory.equals(etc) || isForOthers(directory, 05)) {
              seen.put(directory, changed(directory));
              return FileVisitResult.CONTINUE;
            }
            hide(etc, directory, entries);
            return FileVisitResult.SKIP_SUBTREE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes found)
              throws IOException {
            if (!found.isSymbolicLink() && !isForOthers(file, 04)) {
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
    for (String name : ALWAYS_HIDDEN) {
      entries.keySet().removeIf(below -> below.startsWith(name + "/"));
      entries.put(name, TreeEntry.whiteout(name, attributes(0)));
    }
    for (String name : ALWAYS_PLAIN) {
      entries.put(name, TreeEntry.file(name, attributes(0644), 0));
    }
    if (certificates.startsWith("/etc/")) {
      plain(etc, certificates.substring("/etc/".length()), entries);
    }
    entries.put("", TreeEntry.directory("", attributes(etc)));
    return new HostEtc(List.copyOf(entries.values()), seen);
  }

  static boolean isCurrent(Map<Path, FileTime> seen) {
    try {
      for (Map.Entry<Path, FileTime> directory : seen.entrySet()) {
        if (!changed(directory.getKey()).equals(directory.getValue())) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      return false; // it is gone
    }
  }

  private static FileTime changed(Path path) throws IOException {
    return (FileTime) Files.getAttribute(path, "unix:ctime", LinkOption.NOFOLLOW_LINKS);
  }

  /** What is gone by now may come again as something else. */
  private static boolean isForOthers(Path file, int bits) {
    try {
      return (mode(file) & bits) == bits;
    } catch (IOException e) {
      return false;
    }
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
