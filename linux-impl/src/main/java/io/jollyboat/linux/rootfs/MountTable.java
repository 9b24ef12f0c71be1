package io.jollyboat.linux.rootfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The mounts that this process sees: proc(5), "/proc/pid/mountinfo". Immutable. */
final class MountTable {
  private static final Path FILE = Path.of("/proc/self/mountinfo");

  private final List<Line> lines;

  private MountTable(List<Line> lines) {
    this.lines = List.copyOf(lines);
  }

  /**
   * One mount.
   *
   * @param tags {@code shared:N}, {@code master:N} and so on
   */
  record Line(Path mountPoint, List<String> tags) {
    boolean isShared() {
      return tags.stream().anyMatch(tag -> tag.startsWith("shared:"));
    }

    boolean isSlave() {
      return tags.stream().anyMatch(tag -> tag.startsWith("master:"));
    }
  }

  static MountTable read() throws IOException {
    List<Line> lines = new ArrayList<>();
    for (String line : Files.readAllLines(FILE)) {
      lines.add(parse(line));
    }
    return new MountTable(lines);
  }

  /** Id, parent, device, root, mount point, options, tags, a hyphen, and what is not needed. */
  static Line parse(String line) {
    String[] fields = line.split(" ");
    List<String> tags = new ArrayList<>();
    for (int i = 6; i < fields.length && !fields[i].equals("-"); i++) {
      tags.add(fields[i]);
    }
    return new Line(Path.of(unescaped(fields[4])), List.copyOf(tags));
  }

  /** Blanks and backslashes are written as three octal digits. */
  private static String unescaped(String text) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\\' && i + 4 <= text.length()) {
        plain.append((char) Integer.parseInt(text.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        plain.append(text.charAt(i));
      }
    }
    return plain.toString();
  }

  /** The mount that a path without links lies on: of several at one place the last. */
  Line holding(Path path) throws IOException {
    Line best = null;
    for (Line line : lines) {
      boolean deeper =
          best == null || line.mountPoint().getNameCount() >= best.mountPoint().getNameCount();
      if (path.startsWith(line.mountPoint()) && deeper) {
        best = line;
      }
    }
    if (best == null) {
      throw new IOException("no mount holds " + path);
    }
    return best;
  }
}
