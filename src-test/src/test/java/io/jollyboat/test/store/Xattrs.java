package io.jollyboat.test.store;

import io.jollyboat.linux.syscall.AttributeCalls;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.OpenFlags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** Extended attributes of files, of every kind. */
public final class Xattrs {
  /** The file capability {@code cap_net_raw+ep}: struct vfs_cap_data of version 2. */
  static final byte[] NET_RAW = HexFormat.of().parseHex("0100000200200000000000000000000000000000");

  private Xattrs() {}

  static void set(Path file, String name, byte[] value) {
    try (Fd parent = parent(file)) {
      AttributeCalls.set(parent, String.valueOf(file.getFileName()), name, value);
    }
  }

  private static Fd parent(Path file) {
    Path parent = Objects.requireNonNull(file.getParent());
    return FileCalls.open(parent.toString(), OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0);
  }

  /** Path, name and value of every attribute in a tree, sorted. */
  public static List<String> all(Path tree) throws IOException {
    List<String> found = new ArrayList<>();
    try (var files = Files.walk(tree)) {
      for (Path file : files.filter(Xattrs::isAsked).toList()) {
        try (Fd parent = parent(file)) {
          String name = String.valueOf(file.getFileName());
          for (String attribute : AttributeCalls.list(parent, name)) {
            byte[] value = AttributeCalls.get(parent, name, attribute).orElseThrow();
            String hex = HexFormat.of().formatHex(value);
            found.add(tree.relativize(file) + " " + attribute + " " + hex);
          }
        }
      }
    }
    found.sort(null);
    return found;
  }

  /** A name that is not UTF-8 cannot be told from a Java path. */
  private static boolean isAsked(Path file) {
    return !Files.isSymbolicLink(file) && file.toString().indexOf('\ufffd') < 0;
  }
}
