package io.jollyboat.build;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.InstalledPackage;
import io.jollyboat.PackageList;
import io.jollyboat.build.packages.PackageScan;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.Platform;
import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.TreeEntry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/** What packages are found in files, friendly and hostile ones. */
class PackageScanTest {
  private static final FileAttributes PLAIN = new FileAttributes(0644, 0, 0, Instant.EPOCH);

  private final Map<String, MemoryTree.Node> files = new LinkedHashMap<>();

  private void file(String path, byte[] content) {
    for (int end = path.indexOf('/'); end > 0; end = path.indexOf('/', end + 1)) {
      String parent = path.substring(0, end);
      files.put(parent, new MemoryTree.Node(TreeEntry.directory(parent, PLAIN), new byte[0]));
    }
    files.put(path, new MemoryTree.Node(TreeEntry.file(path, PLAIN, content.length), content));
  }

  private void file(String path, String content) {
    file(path, content.getBytes(UTF_8));
  }

  private PackageList scan() {
    ImageConfig config = ImageConfig.builder(Platform.current()).build();
    FakeMachine.Known image =
        new FakeMachine.Known(
            new io.jollyboat.ImageId(config.id()), Optional.empty(), config, false, List.of());
    return PackageScan.of(image, new MemoryTree(List.of(files)));
  }

  private static List<String> names(PackageList list) {
    return list.packages().stream().map(PackageScanTest::name).toList();
  }

  private static String name(InstalledPackage found) {
    String group = found.group().isEmpty() ? "" : found.group() + "/";
    return found.kind() + " " + group + found.name() + " " + found.version();
  }

  private interface Entries {
    void add(ZipOutputStream zip) throws IOException;
  }

  private static byte[] zip(Entries entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      entries.add(zip);
    }
    return out.toByteArray();
  }

  private static void entry(ZipOutputStream zip, String name, byte[] content) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(content);
    zip.closeEntry();
  }

  private static byte[] jar(String artifact) throws IOException {
    String text = "# made\nversion=1.0\ngroupId=org.example\nartifactId=" + artifact + "\n";
    return zip(
        zip -> {
          entry(zip, "A.class", new byte[] {1, 2});
          entry(
              zip,
              "META-INF/maven/org.example/" + artifact + "/pom.properties",
              text.getBytes(UTF_8));
          entry(zip, "Z.class", new byte[1000]);
        });
  }

  /** A name that is compressed by a method that there is not. */
  private static byte[] broken() {
    byte[] header = new byte[31];
    System.arraycopy(new byte[] {'P', 'K', 3, 4, 20, 0, 0, 0, 99, 0}, 0, header, 0, 10);
    header[26] = 1;
    return header;
  }

  @Test
  void dpkg_onlyWhatIsInstalled_isFound() {
    file(
        "var/lib/dpkg/status",
        """
        Package: bash
        Status: install ok installed
        Architecture: amd64
        Source: bash-src (5.1)
        Version: 5.2
        Description: shell
         Package: not a field
        .
        Package: gone
        Status: deinstall ok config-files
        Version: 1

        """
            .replace("\n.\n", "\n\n"));
    file("etc/os-release", "NAME=\"Debian\"\nID=debian\nVERSION_ID=\"12\"\n");
    PackageList list = scan();

    assertEquals(List.of("DEB bash 5.2"), names(list));
    assertEquals("debian-12", list.system());
    assertEquals(Optional.of("bash-src"), list.packages().get(0).origin());
  }

  @Test
  void dpkgWithoutDpkg_andApk_areFound() {
    file("var/lib/dpkg/status.d/tzdata", "Package: tzdata\nVersion: 2026a\n");
    file("var/lib/dpkg/status.d/tzdata.md5sums", "0 x\n");
    file(
        "lib/apk/db/installed", "C:Q1x\nP:musl\nV:1.2.4-r2\nA:x86_64\nL:MIT\no:musl\n\nP:b\nV:2\n");
    PackageList list = scan();

    assertEquals(List.of("DEB tzdata 2026a", "APK b 2", "APK musl 1.2.4-r2"), names(list));
    assertEquals(Optional.of("MIT"), list.packages().get(2).license());
  }

  @Test
  void npm_onlyTheTopsOfPackages_areFound() {
    file("app/node_modules/left/package.json", "{\"name\":\"left\",\"version\":\"1.0\"}");
    file("app/node_modules/@a/b/package.json", "{\"name\":\"@a/b\",\"version\":\"2.0\"}");
    file("app/node_modules/left/lib/package.json", "{\"type\":\"module\"}");
    file("app/package.json", "{\"name\":\"app\",\"version\":\"9\"}");
    file("app/node_modules/bad/package.json", "{\"name\":");
    PackageList list = scan();

    assertEquals(List.of("NPM left 1.0", "NPM @a/b 2.0"), names(list));
    assertEquals(1, list.unread().size());
    assertTrue(list.unread().get(0).startsWith("/app/node_modules/bad/package.json: "));
  }

  @Test
  void jars_andJarsWithinThem_areFound() throws IOException {
    byte[] inner = jar("inner");
    file(
        "app.jar",
        zip(
            zip -> {
              entry(zip, "BOOT-INF/lib/inner.jar", inner);
              entry(zip, "BOOT-INF/lib/broken.jar", broken());
              entry(
                  zip,
                  "META-INF/maven/g/a/pom.properties",
                  "version=3\ngroupId=g\nartifactId=a".getBytes(UTF_8));
            }));
    PackageList list = scan();

    assertEquals(List.of("MAVEN g/a 3", "MAVEN org.example/inner 1.0"), names(list));
    assertEquals("/app.jar!/BOOT-INF/lib/inner.jar", list.packages().get(1).path());
    assertEquals(1, list.unread().size());
  }

  @Test
  void jars_nestedTooDeep_areNotOpened() throws IOException {
    byte[] jar = jar("deepest");
    for (int i = 0; i < 6; i++) {
      byte[] inner = jar;
      jar = zip(zip -> entry(zip, "in.jar", inner));
    }
    file("deep.jar", jar);
    PackageList list = scan();

    assertEquals(List.of(), list.packages());
    assertTrue(list.unread().get(0).contains("so deep"), list.unread().toString());
  }

  /** Made by SQLite: 40 packages and a key, pages of 512 bytes, some rows on pages of their own. */
  private static byte[] rpmDatabase() throws IOException {
    try (InputStream in = PackageScanTest.class.getResourceAsStream("rpmdb.sqlite")) {
      return Objects.requireNonNull(in).readAllBytes();
    }
  }

  @Test
  void rpm_ofSqlite_isRead() throws IOException {
    file("usr/lib/sysimage/rpm/rpmdb.sqlite", rpmDatabase());
    file("etc/os-release", "ID=fedora\nVERSION_ID=40\n");
    PackageList list = scan();

    assertEquals(List.of(), list.unread());
    assertEquals(40, list.packages().size());
    assertEquals("RPM pkg00 1:1.0-2.el9", name(list.packages().get(0)));
    assertEquals("RPM pkg39 1.39-2.el9", name(list.packages().get(39)));
    assertEquals(
        "pkg:rpm/fedora/pkg10@1.10-2.el9?arch=x86_64&distro=fedora-40&epoch=1",
        list.packages().get(10).purl(list.system()));
    assertEquals(Optional.of("src07-1.src.rpm"), list.packages().get(7).origin());
  }

  @Test
  void rpm_damagedInAnyByte_endsInAListOrANote() throws IOException {
    byte[] good = rpmDatabase();
    for (int i = 0; i < good.length; i += 7) {
      byte[] bad = good.clone();
      bad[i] ^= (byte) 0xff;
      file("var/lib/rpm/rpmdb.sqlite", bad);
      assertTrue(scan().packages().size() <= 41);
    }
  }

  @Test
  void rpm_ofAnOlderKind_isSaidToBeUnsupported() {
    file("var/lib/rpm/Packages", "Berkeley DB");
    assertEquals(
        List.of("/var/lib/rpm/Packages: databases of rpm other than SQLite are not supported"),
        scan().unread());
  }

  @Test
  void packageWithoutAVersion_orWithControlCharacters_isNoPackage() {
    file("var/lib/dpkg/status.d/a", "Package: a\n");
    file("app/node_modules/b/package.json", "{\"name\":\"b\\u001b[2J\",\"version\":\"1\"}");
    PackageList list = scan();

    assertEquals(List.of(), list.packages());
    assertEquals(2, list.unread().size());
  }

  @Test
  void links_areNotFollowedRoundAndRound() {
    files.put(
        "loop",
        new MemoryTree.Node(TreeEntry.symlink("loop", PLAIN.withMode(0777), "/"), new byte[0]));
    files.put(
        "var",
        new MemoryTree.Node(TreeEntry.symlink("var", PLAIN.withMode(0777), "/var"), new byte[0]));
    assertEquals(List.of(), scan().packages());
  }
}
