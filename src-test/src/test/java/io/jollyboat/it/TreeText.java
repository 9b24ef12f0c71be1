package io.jollyboat.it;

import io.jollyboat.oci.Digest;
import io.jollyboat.test.store.Xattrs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A file tree as lines: path, type, mode, owner, then link, device numbers, or digest of the
 * content and the first of several names; extended attributes.
 */
final class TreeText {
  /** Mount points and files of the machine that one builder or the other leaves. */
  private static final Set<String> OF_BUILDERS =
      Set.of("", "dev", "proc", "sys", "etc/hosts", "etc/hostname", "etc/resolv.conf", "run");

  private final Map<Object, String> first = new HashMap<>();

  private TreeText() {}

  static List<String> of(Path root) {
    try (Stream<Path> paths = Files.walk(root)) {
      Map<String, Path> sorted = new TreeMap<>();
      paths.forEach(path -> sorted.put(root.relativize(path).toString(), path));
      TreeText text = new TreeText();
      List<String> lines = new ArrayList<>();
      for (Map.Entry<String, Path> entry : sorted.entrySet()) {
        if (!OF_BUILDERS.contains(entry.getKey()) && !entry.getKey().startsWith("dev/")) {
          lines.add(text.line(entry.getKey(), entry.getValue()));
        }
      }
      lines.addAll(Xattrs.all(root));
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String line(String name, Path path) throws IOException {
    Map<String, Object> facts =
        Files.readAttributes(path, "unix:mode,uid,gid,rdev,ino,nlink", LinkOption.NOFOLLOW_LINKS);
    int mode = (int) fact(facts, "mode");
    String line = "%s %o %s:%s".formatted(name, mode, fact(facts, "uid"), fact(facts, "gid"));
    return switch (mode & 0170000) {
      case 0120000 -> line + " -> " + Files.readSymbolicLink(path);
      case 0100000 -> line + " " + content(name, path, facts);
      case 0020000, 0060000 -> line + " " + fact(facts, "rdev");
      default -> line;
    };
  }

  private String content(String name, Path path, Map<String, Object> facts) throws IOException {
    String digest = Digest.sha256(Files.readAllBytes(path)).hex().substring(0, 16);
    if ((int) fact(facts, "nlink") == 1) {
      return digest;
    }
    String other = first.putIfAbsent(fact(facts, "ino"), name);
    return other == null ? digest : digest + " is " + other;
  }

  private static Object fact(Map<String, Object> facts, String name) {
    return Objects.requireNonNull(facts.get(name), name);
  }
}
