package io.jollyboat.build.packages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/** Java archives that unpack to more than anybody wants. */
class JavaArchivesTest {
  private static final int LIMIT = 1 << 20;

  private static byte[] zip(String name, byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(content);
    }
    return out.toByteArray();
  }

  @Test
  void bomb_isCutOff_thoughItLiesInAnotherArchive() throws IOException {
    byte[] bomb = zip("zeros", new byte[LIMIT + 1]);
    byte[] outer = zip("inner.jar", bomb);
    assertTrue(outer.length < 10_000);
    Findings findings = new Findings();
    JavaArchives archives = new JavaArchives(findings, LIMIT);

    IOException refused =
        assertThrows(
            IOException.class, () -> archives.read(new ByteArrayInputStream(outer), "/bomb.jar"));
    assertTrue(refused.toString().contains("/bomb.jar unpacks to more"), refused.toString());
    assertEquals(List.of(), findings.packages());
  }

  @Test
  void archives_thatAreNone_areSaidToBeUnread() throws IOException {
    Findings findings = new Findings();
    JavaArchives archives = new JavaArchives(findings, LIMIT);
    archives.read(new ByteArrayInputStream(new byte[100]), "/no.jar");
    assertEquals(List.of(), findings.packages());
    assertTrue(findings.unread().get(0).startsWith("/no.jar: no archive"));
  }

  @Test
  void properties_afterANestedArchive_areStillRead() throws IOException {
    String properties = "groupId=g\nartifactId=a\nversion=1\n";
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("lib/inner.jar"));
      zip.write(zip("x", new byte[3]));
      zip.putNextEntry(new ZipEntry("META-INF/maven/g/a/pom.properties"));
      zip.write(properties.getBytes(StandardCharsets.UTF_8));
    }
    Findings findings = new Findings();
    new JavaArchives(findings, LIMIT)
        .read(new ByteArrayInputStream(out.toByteArray()), "/outer.jar");
    assertEquals("a", findings.packages().get(0).name());
  }

  @Test
  void packages_withATextWithoutEnd_areSaidToBeUnread() throws IOException {
    for (String field : List.of("Architecture", "Source")) {
      Findings findings = new Findings();
      String status =
          "Package: p\nVersion: 1\n" + field + ": " + "x".repeat(Findings.LONGEST_TEXT + 1) + "\n";
      DebianPackages.read(
          new ByteArrayInputStream(status.getBytes(StandardCharsets.UTF_8)),
          "/status.d/p",
          false,
          findings);
      assertEquals(List.of(), findings.packages(), field);
      assertEquals(1, findings.unread().size(), field);
    }
  }
}
