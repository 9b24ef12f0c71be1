package io.jollyboat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.InstalledPackage.Kind;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.Platform;
import io.jollyboat.oci.json.JsonText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Lists of packages as documents of SPDX and CycloneDX. */
class PackageListTest {
  private static final InstalledPackage BASH =
      new InstalledPackage(
          Kind.DEB,
          "",
          "bash",
          "5.2-1+b2",
          "amd64",
          "/var/lib/dpkg/status",
          Optional.empty(),
          Optional.of("bash-source"));
  private static final InstalledPackage NODE =
      new InstalledPackage(
          Kind.NPM,
          "@types",
          "node",
          "1.0.0",
          "",
          "/app/node_modules/@types/node/package.json",
          Optional.of("MIT \"or\" so"),
          Optional.empty());
  private static final InstalledPackage JAR =
      new InstalledPackage(
          Kind.MAVEN,
          "org.example",
          "lib",
          "2",
          "",
          "/app.jar!/BOOT-INF/lib/lib.jar",
          Optional.empty(),
          Optional.empty());

  private static PackageList list() {
    return new PackageList(
        new ImageId(Digest.sha256(new byte[] {1})),
        Platform.parse("linux/amd64"),
        Instant.parse("2026-01-02T03:04:05.678Z"),
        "debian-12",
        List.of(BASH, NODE, JAR),
        List.of("/x.jar: damaged"));
  }

  private static Map<String, Object> parse(String json) {
    return JsonText.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  private static Map<?, ?> element(@Nullable Object list, int index) {
    return assertInstanceOf(Map.class, assertInstanceOf(List.class, list).get(index));
  }

  @Test
  void purl_ofEachKind_isWhatThePurlSpecificationSays() {
    assertEquals(
        "pkg:deb/debian/bash@5.2-1%2Bb2?arch=amd64&distro=debian-12", BASH.purl("debian-12"));
    assertEquals("pkg:npm/%40types/node@1.0.0", NODE.purl("debian-12"));
    assertEquals("pkg:maven/org.example/lib@2", JAR.purl(""));
  }

  @Test
  void spdx_describesTheImageThatContainsThePackages() {
    Map<String, Object> spdx = parse(list().spdx());

    assertEquals("SPDX-2.3", spdx.get("spdxVersion"));
    assertEquals("SPDXRef-DOCUMENT", spdx.get("SPDXID"));
    assertEquals(
        Map.of("created", "2026-01-02T03:04:05Z", "creators", List.of("Tool: jollyboat")),
        spdx.get("creationInfo"));
    Map<?, ?> image = element(spdx.get("packages"), 0);
    assertEquals("CONTAINER", image.get("primaryPackagePurpose"));
    Map<?, ?> bash = element(spdx.get("packages"), 1);
    assertEquals("bash 5.2-1+b2", bash.get("name") + " " + bash.get("versionInfo"));
    assertEquals(
        BASH.purl("debian-12"), element(bash.get("externalRefs"), 0).get("referenceLocator"));
    assertEquals("org.example:lib", element(spdx.get("packages"), 3).get("name"));
    Map<?, ?> relation = element(spdx.get("relationships"), 1);
    assertEquals(image.get("SPDXID"), relation.get("spdxElementId"));
    assertEquals(bash.get("SPDXID"), relation.get("relatedSpdxElement"));
    assertTrue(String.valueOf(spdx.get("comment")).contains("/x.jar: damaged"));
  }

  @Test
  void cycloneDx_hasTheSystemAndThePackages() {
    Map<String, Object> bom = parse(list().cycloneDx());

    assertEquals("CycloneDX 1.5", bom.get("bomFormat") + " " + bom.get("specVersion"));
    assertTrue(String.valueOf(bom.get("serialNumber")).matches("urn:uuid:[0-9a-f-]{36}"));
    Map<?, ?> system = element(bom.get("components"), 0);
    assertEquals("debian 12", system.get("name") + " " + system.get("version"));
    Map<?, ?> node = element(bom.get("components"), 2);
    assertEquals("@types/node", node.get("group") + "/" + node.get("name"));
    assertEquals(
        Map.of("license", Map.of("name", "MIT \"or\" so")), element(node.get("licenses"), 0));
  }

  @Test
  void documents_ofTheSameList_areTheSameBytes() {
    assertEquals(list().spdx(), list().spdx());
    assertEquals(list().cycloneDx(), list().cycloneDx());
  }
}
