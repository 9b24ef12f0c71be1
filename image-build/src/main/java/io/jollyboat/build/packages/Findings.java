package io.jollyboat.build.packages;

import io.jollyboat.InstalledPackage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What was found so far. Not safe for use by several threads. */
final class Findings {
  static final int LONGEST_TEXT = 1024;
  private static final int MOST_PACKAGES = 200_000;
  private static final int MOST_UNREAD = 1000;
  private static final Comparator<InstalledPackage> ORDER =
      Comparator.comparing(InstalledPackage::kind)
          .thenComparing(InstalledPackage::group)
          .thenComparing(InstalledPackage::name)
          .thenComparing(InstalledPackage::version)
          .thenComparing(InstalledPackage::architecture)
          .thenComparing(InstalledPackage::path);

  private final List<InstalledPackage> packages = new ArrayList<>();
  private final List<String> unread = new ArrayList<>();

  /** Adds a package that has a name and a version, of texts that are no novels. */
  void add(InstalledPackage found) {
    boolean usual =
        Stream.concat(
                Stream.of(found.group(), found.name(), found.version(), found.architecture()),
                Stream.of(found.license(), found.origin()).flatMap(Optional::stream))
            .allMatch(Findings::isUsual);
    if (found.name().isEmpty() || found.version().isEmpty() || !usual) {
      unread(found.path(), "a package without a usable name, version or other text");
    } else if (packages.size() == MOST_PACKAGES) {
      unread(found.path(), "more than " + MOST_PACKAGES + " packages");
    } else {
      packages.add(found);
    }
  }

  private static boolean isUsual(String text) {
    return text.length() <= LONGEST_TEXT && text.chars().noneMatch(Character::isISOControl);
  }

  void unread(String path, String why) {
    String note = path + ": " + why;
    if (unread.size() < MOST_UNREAD) {
      unread.add(note.length() > LONGEST_TEXT ? note.substring(0, LONGEST_TEXT) : note);
    }
  }

  List<InstalledPackage> packages() {
    packages.sort(ORDER);
    return List.copyOf(packages);
  }

  List<String> unread() {
    Collections.sort(unread);
    return unread.stream().distinct().toList();
  }
}
