package io.jollyboat.build.packages;

import io.jollyboat.InterruptedOperationException;
import io.jollyboat.PackageList;
import io.jollyboat.StoredImage;
import io.jollyboat.spi.host.MergedTree;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeEntry.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the packages of one image's merged files. Not safe for use by several threads. */
public final class PackageScan {
  private static final int LARGEST_RELEASE = 64 * 1024;
  private static final int LARGEST_DATABASE = 64 << 20;
  private static final Set<String> OF_THE_KERNEL = Set.of("proc", "sys", "dev");
  private static final List<String> RPM =
      List.of("var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm");

  private final MergedTree tree;
  private final Findings findings = new Findings();
  private final JavaArchives archives = new JavaArchives(findings);

  private PackageScan(MergedTree tree) {
    this.tree = tree;
  }

  /**
   * @param tree of the image; closed by the caller
   */
  public static PackageList of(StoredImage image, MergedTree tree) {
    PackageScan scan = new PackageScan(tree);
    scan.databases();
    scan.walk();
    return new PackageList(
        image.id(),
        image.platform(),
        image.created(),
        scan.system(),
        scan.findings.packages(),
        scan.findings.unread());
  }

  private void databases() {
    if (isThere("var/lib/dpkg/status")) {
      read(
          "var/lib/dpkg/status",
          LARGEST_DATABASE,
          in -> DebianPackages.read(in, "/var/lib/dpkg/status", true, findings));
    }
    for (TreeEntry entry : list("var/lib/dpkg/status.d")) {
      if (entry.kind() == Kind.FILE && !entry.name().endsWith(".md5sums")) {
        read(
            entry.path(),
            LARGEST_DATABASE,
            in -> DebianPackages.read(in, "/" + entry.path(), false, findings));
      }
    }
    for (String database : List.of("lib/apk/db/installed", "usr/lib/apk/db/installed")) {
      if (isThere(database) && (database.startsWith("lib") || !isThere("lib/apk/db/installed"))) {
        read(database, LARGEST_DATABASE, in -> AlpinePackages.read(in, "/" + database, findings));
      }
    }
    RPM.forEach(this::rpm);
  }

  /** rpm has three kinds of databases; systems of today have the first. */
  private void rpm(String directory) {
    for (TreeEntry entry : list(directory)) {
      if (entry.name().equals("rpmdb.sqlite") && entry.kind() == Kind.FILE) {
        String path = "/" + entry.path();
        read(
            entry.path(),
            LARGEST_DATABASE,
            in ->
                SqliteTable.read(
                    in.readAllBytes(),
                    "Packages",
                    columns -> RpmHeader.read(columns.get(columns.size() - 1), path, findings)));
      } else if (entry.name().equals("Packages.db") || entry.name().equals("Packages")) {
        findings.unread("/" + entry.path(), "databases of rpm other than SQLite are not supported");
      }
    }
  }

  /** Depth first, links not followed. */
  private void walk() {
    Deque<String> directories = new ArrayDeque<>();
    directories.push("");
    while (!directories.isEmpty()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedOperationException("the search for packages was interrupted", null);
      }
      for (TreeEntry entry : listed(directories.pop())) {
        if (entry.kind() == Kind.DIRECTORY && !OF_THE_KERNEL.contains(entry.path())) {
          directories.push(entry.path());
        } else if (entry.kind() == Kind.FILE) {
          file(entry);
        }
      }
    }
  }

  private void file(TreeEntry entry) {
    if (NodePackages.isOne(entry.path())) {
      read(
          entry.path(),
          NodePackages.LARGEST,
          in -> NodePackages.read(in, "/" + entry.path(), findings));
    } else if (JavaArchives.isOne(entry.name())) {
      read(entry.path(), JavaArchives.LARGEST, in -> archives.read(in, "/" + entry.path()));
    }
  }

  /** What an image calls itself: freedesktop.org's os-release. */
  private String system() {
    for (String file : List.of("etc/os-release", "usr/lib/os-release")) {
      if (isThere(file)) {
        String[] found = {""};
        read(
            file,
            LARGEST_RELEASE,
            in -> {
              String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
              String version = value(text, "VERSION_ID");
              found[0] = value(text, "ID") + (version.isEmpty() ? "" : "-" + version);
            });
        return found[0];
      }
    }
    return "";
  }

  private static String value(String text, String key) {
    return text.lines()
        .filter(line -> line.startsWith(key + "="))
        .map(line -> line.substring(key.length() + 1).replaceAll("[\"']", "").strip())
        .filter(value -> value.matches("[A-Za-z0-9._-]{0,64}"))
        .findFirst()
        .orElse("");
  }

  private boolean isThere(String path) {
    try {
      Optional<TreeEntry> found = tree.find(tree.resolve(path));
      return found.filter(entry -> entry.kind() == Kind.FILE).isPresent();
    } catch (UncheckedIOException e) {
      return false; // links that loop
    }
  }

  private List<TreeEntry> list(String directory) {
    try {
      String resolved = tree.resolve(directory);
      boolean known =
          resolved.isEmpty()
              || tree.find(resolved).filter(e -> e.kind() == Kind.DIRECTORY).isPresent();
      return known ? listed(resolved) : List.of();
    } catch (UncheckedIOException e) {
      return List.of(); // links that loop
    }
  }

  /** What is in a directory that is there, no link on its path. */
  private List<TreeEntry> listed(String directory) {
    try {
      return tree.list(directory);
    } catch (UncheckedIOException e) {
      findings.unread("/" + directory, String.valueOf(e.getMessage()));
      return List.of();
    }
  }

  /** Reads a file's packages. */
  interface Reading {
    void read(InputStream in) throws IOException;
  }

  private void read(String path, long most, Reading reading) {
    try (InputStream in = new BoundedStream(tree.open(path), most)) {
      reading.read(in);
    } catch (IOException | UncheckedIOException e) {
      findings.unread("/" + path, String.valueOf(e.getMessage()));
    }
  }
}
