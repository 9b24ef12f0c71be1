package io.jollyboat.oci;

import com.google.errorprone.annotations.CheckReturnValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An operating system and a processor: OCI image-spec, index, "platform". Names are normalised
 * ({@code x86_64} is {@code amd64}, {@code aarch64} is {@code arm64}). Immutable.
 *
 * @param variant of the processor, such as {@code v7}; empty for the architecture's usual one
 * @param osVersion empty when it does not matter
 * @param osFeatures what the image needs of the operating system, sorted
 */
@CheckReturnValue
public record Platform(
    String os, String architecture, String variant, String osVersion, List<String> osFeatures) {
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_.-]+");
  private static final Pattern OS =
      Pattern.compile("([A-Za-z0-9_.-]+)(?:\\(([^()+]*)((?:\\+[^()+]+)*)\\))?");
  private static final Set<String> SYSTEMS =
      Set.of(
          "linux",
          "windows",
          "darwin",
          "freebsd",
          "netbsd",
          "openbsd",
          "solaris",
          "illumos",
          "aix",
          "android",
          "dragonfly",
          "ios",
          "js",
          "plan9",
          "wasip1",
          "hurd",
          "zos");
  private static final Platform CURRENT =
      of(systemName(System.getProperty("os.name")), System.getProperty("os.arch"));

  public Platform {
    Processor processor = Processor.normalized(architecture, variant);
    os = systemName(os);
    architecture = processor.architecture();
    variant = processor.variant();
    osFeatures = List.copyOf(new TreeSet<>(osFeatures));
  }

  public static Platform of(String os, String architecture) {
    return of(os, architecture, "");
  }

  public static Platform of(String os, String architecture, String variant) {
    return new Platform(os, architecture, variant, "", List.of());
  }

  /** The platform of this Java runtime. */
  public static Platform current() {
    return CURRENT;
  }

  /**
   * Reads {@code os}, {@code architecture}, {@code os/architecture} or {@code
   * os/architecture/variant}; what is missing is that of {@link #current}. The system may be
   * followed by version and features: {@code windows(10.0.17763+win32k)/amd64}.
   */
  public static Platform parse(String text) {
    String[] parts = text.split("/", -1);
    if (parts.length > 3) {
      throw invalid(text, "has more than three parts");
    }
    Matcher first = OS.matcher(parts[0]);
    if (!first.matches()) {
      throw invalid(text, "\"" + parts[0] + "\" is not the name of a system or architecture");
    }
    for (int i = 1; i < parts.length; i++) {
      if (!WORD.matcher(parts[i]).matches()) {
        throw invalid(text, "\"" + parts[i] + "\" is not a name");
      }
    }
    return parts.length == 1 ? parseOne(text, first) : withDetails(first, parts);
  }

  private static Platform parseOne(String text, Matcher first) {
    String name = systemName(first.group(1));
    if (SYSTEMS.contains(name)) {
      return withDetails(first, new String[] {name, CURRENT.architecture, CURRENT.variant});
    }
    Processor processor = Processor.normalized(name, "");
    if (first.group(2) == null && Processor.isKnown(processor.architecture())) {
      return of(CURRENT.os, processor.architecture(), processor.variant());
    }
    throw invalid(text, "is neither a known operating system nor a known architecture");
  }

  private static Platform withDetails(Matcher first, String[] parts) {
    List<String> features = new ArrayList<>();
    String list = first.group(3) == null ? "" : first.group(3);
    for (String feature : list.split("\\+")) {
      if (!feature.isEmpty()) {
        features.add(unescape(feature));
      }
    }
    String version = first.group(2) == null ? "" : unescape(first.group(2));
    String variant = parts.length > 2 ? parts[2] : "";
    return new Platform(first.group(1), parts[1], variant, version, features);
  }

  private static OciFormatException invalid(String text, String why) {
    return new OciFormatException("platform \"" + text + "\": " + why);
  }

  private static String systemName(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.equals("macos") || lower.equals("mac os x")
        ? "darwin"
        : lower.startsWith("windows") ? "windows" : lower;
  }

  /**
   * Whether an image of this platform runs on that machine: the same system, the same or an older
   * processor of the family, and no feature that the machine lacks.
   */
  public boolean runsOn(Platform machine) {
    return rank(machine) >= 0 && Set.copyOf(machine.osFeatures).containsAll(osFeatures);
  }

  /** As {@link #runsOn}, but the processor and its variant must be the very same. */
  public boolean isExactly(Platform machine) {
    return runsOn(machine) && rank(machine) == 0;
  }

  /** Orders images by how well they suit a machine, the best first, those that do not run last. */
  public static Comparator<Platform> bestFor(Platform machine) {
    return Comparator.comparingInt(
            (Platform p) -> p.rank(machine) < 0 ? Integer.MAX_VALUE : p.rank(machine))
        .thenComparingLong(p -> -p.osFeatures.stream().filter(machine.osFeatures::contains).count())
        .thenComparingLong(
            p -> p.osFeatures.stream().filter(f -> !machine.osFeatures.contains(f)).count());
  }

  /** 0 for the same processor, more for lesser ones, -1 for what does not run. */
  private int rank(Platform machine) {
    if (!os.equals(machine.os)) {
      return -1;
    }
    return new Processor(machine.architecture, machine.variant)
        .runs()
        .indexOf(new Processor(architecture, variant).withoutDefault());
  }

  /** The form that {@link #parse} reads. */
  @Override
  public String toString() {
    String details = escape(osVersion);
    for (String feature : osFeatures) {
      details += "+" + escape(feature);
    }
    return os
        + (details.isEmpty() ? "" : "(" + details + ")")
        + (architecture.isEmpty() ? "" : "/" + architecture)
        + (variant.isEmpty() ? "" : "/" + variant);
  }

  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain = c < 0x7f && (Character.isLetterOrDigit(c) || "_.-~:".indexOf(c) >= 0);
      escaped.append(plain ? String.valueOf(c) : String.format(Locale.ROOT, "%%%02X", (int) c));
    }
    return escaped.toString();
  }

  private static String unescape(String text) {
    try {
      return java.net.URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw invalid(text, "malformed escape sequence");
    }
  }
}
