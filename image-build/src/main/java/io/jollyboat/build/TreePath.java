package io.jollyboat.build;

import io.jollyboat.spi.host.FileNames;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * Paths inside a tree: relative, without {@code .} and {@code ..}, the empty string being the root.
 */
final class TreePath {
  /** Directories before what they hold, siblings in the order of their names' bytes. */
  static final Comparator<String> ORDER = TreePath::compare;

  private TreePath() {}

  /** Any path as one inside the tree: {@code ..} at the root stays at the root. */
  static String clean(String path) {
    Deque<String> kept = new ArrayDeque<>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        kept.pollLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        kept.addLast(part);
      }
    }
    return String.join("/", kept);
  }

  /** An absolute path, or one relative to a directory, as an absolute one in the image. */
  static String absolute(String directory, String path) {
    return "/" + clean(path.startsWith("/") ? path : directory + "/" + path);
  }

  static String child(String directory, String name) {
    return directory.isEmpty() ? name : name.isEmpty() ? directory : directory + "/" + name;
  }

  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  static List<String> parts(String path) {
    return path.isEmpty() ? List.of() : List.of(path.split("/"));
  }

  private static int compare(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x >= 0x80 || y >= 0x80) {
        return compareBytes(a, b);
      }
      if (x != y) {
        return x == '/' ? -1 : y == '/' ? 1 : Character.compare(x, y);
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  private static int compareBytes(String a, String b) {
    return Arrays.compareUnsigned(separated(a), separated(b));
  }

  private static byte[] separated(String path) {
    byte[] bytes = FileNames.encode(path);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '/') {
        bytes[i] = 0;
      }
    }
    return bytes;
  }
}
