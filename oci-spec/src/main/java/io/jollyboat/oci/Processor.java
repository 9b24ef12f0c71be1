package io.jollyboat.oci;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An architecture and its variant, and which others it runs. */
record Processor(String architecture, String variant) {
  private static final Set<String> KNOWN =
      Set.of(
          "386",
          "amd64",
          "arm",
          "armbe",
          "arm64",
          "arm64be",
          "loong64",
          "mips",
          "mipsle",
          "mips64",
          "mips64le",
          "ppc",
          "ppc64",
          "ppc64le",
          "riscv",
          "riscv64",
          "s390",
          "s390x",
          "sparc",
          "sparc64",
          "wasm");
  private static final Pattern NUMBER = Pattern.compile("v(\\d{1,3})(?:\\.(\\d{1,3}))?");

  /** Armv9.x has the instructions of Armv8.(x + 5): what v9.0 adds to are those of v8.5. */
  private static final int V9_OFFSET = 5;

  private static final int LAST_V8_MINOR = 9;

  static boolean isKnown(String architecture) {
    return KNOWN.contains(architecture);
  }

  /** With the names of Go: {@code x86_64} is {@code amd64}, {@code armel} is {@code arm} v6. */
  static Processor normalized(String architecture, String variant) {
    String name = architecture.toLowerCase(Locale.ROOT);
    String kind = variant.toLowerCase(Locale.ROOT);
    if (!kind.isEmpty() && Character.isDigit(kind.charAt(0))) {
      kind = "v" + kind;
    }
    return switch (name) {
      case "i386", "i686", "x86" -> new Processor("386", "");
      case "x86_64", "x86-64", "amd64" -> new Processor("amd64", kind.equals("v1") ? "" : kind);
      case "aarch64", "arm64" -> new Processor("arm64", kind);
      case "armhf" -> new Processor("arm", kind);
      case "armel" -> new Processor("arm", kind.isEmpty() ? "v6" : kind);
      default -> new Processor(name, kind);
    };
  }

  /** With one way to write the usual variant: none for arm64, {@code v7} for arm. */
  Processor withoutDefault() {
    if (architecture.equals("arm64")) {
      String short1 = variant.endsWith(".0") ? variant.substring(0, variant.length() - 2) : variant;
      return new Processor("arm64", short1.equals("v8") ? "" : short1);
    }
    if (architecture.equals("arm") && variant.isEmpty()) {
      return new Processor("arm", "v7");
    }
    return this;
  }

  /** What it runs, itself first, then from the best to the least. */
  List<Processor> runs() {
    Processor self = withoutDefault();
    List<Processor> list = new ArrayList<>();
    list.add(self);
    Matcher number = NUMBER.matcher(self.variant.isEmpty() ? "v8" : self.variant);
    if (architecture.equals("amd64")) {
      addAmd64(list, self);
    } else if (architecture.equals("arm") && number.matches()) {
      addArm(list, Integer.parseInt(number.group(1)) - 1);
    } else if (architecture.equals("arm64") && number.matches()) {
      int minor = number.group(2) == null ? 0 : Integer.parseInt(number.group(2));
      addArm64(list, Integer.parseInt(number.group(1)), minor);
    }
    return list;
  }

  private static void addAmd64(List<Processor> list, Processor self) {
    Matcher number = NUMBER.matcher(self.variant);
    if (number.matches()) {
      for (int level = Integer.parseInt(number.group(1)) - 1; level > 1; level--) {
        list.add(new Processor("amd64", "v" + level));
      }
      list.add(new Processor("amd64", ""));
    }
    list.add(new Processor("386", ""));
  }

  private static void addArm(List<Processor> list, int highest) {
    for (int level = highest; level >= 5; level--) {
      list.add(new Processor("arm", "v" + level));
    }
  }

  private static void addArm64(List<Processor> list, int major, int minor) {
    int v8Minor = minor;
    if (major > 8) {
      addArm64Minors(list, major, minor);
      v8Minor = Math.min(minor + V9_OFFSET, LAST_V8_MINOR);
    }
    addArm64Minors(list, 8, v8Minor);
    addArm(list, 8);
  }

  private static void addArm64Minors(List<Processor> list, int major, int highest) {
    for (int minor = highest; minor >= 0; minor--) {
      Processor lesser =
          new Processor("arm64", "v" + major + (minor == 0 ? "" : "." + minor)).withoutDefault();
      if (!list.contains(lesser)) {
        list.add(lesser);
      }
    }
  }
}
