package io.jollyboat.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {
  private static final String HASH =
      "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

  @ParameterizedTest
  @CsvSource({
    "node:8.4-alpine, docker.io/library/node:8.4-alpine, node:8.4-alpine",
    "helloworld, docker.io/library/helloworld:latest, helloworld:latest",
    "index.docker.io/jolly/boat, docker.io/jolly/boat:latest, jolly/boat:latest",
    "docker.io/library/a/b, docker.io/library/a/b:latest, library/a/b:latest",
    "127.0.0.1:5000/x:1, 127.0.0.1:5000/x:1, 127.0.0.1:5000/x:1",
    "localhost/x, localhost/x:latest, localhost/x:latest",
    "[::1]:5000/x/y, [::1]:5000/x/y:latest, [::1]:5000/x/y:latest",
    "host:443, docker.io/library/host:443, host:443",
    "MyHost/x, MyHost/x:latest, MyHost/x:latest",
  })
  void parse_validText_normalises(String text, String canonical, String familiar) {
    ImageReference reference = ImageReference.parse(text);
    assertEquals(canonical, reference.canonical());
    assertEquals(familiar, reference.toString());
    assertEquals(reference, ImageReference.parse(familiar));
    assertEquals(reference, ImageReference.parse(canonical));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":tag",
        "UPPER",
        "a/UPPER",
        "a//b",
        "-a",
        "a-",
        "a..b",
        "a:",
        "a@",
        "a@sha256:12",
        "http://host/x",
        "[::1]/",
        "a b",
        "a:" + "t t",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
      })
  void parse_invalidText_saysWhich(String text) {
    OciFormatException e = assertThrows(OciFormatException.class, () -> ImageReference.parse(text));
    assertTrue(e.toString().contains("\"" + text + "\""), e.toString());
  }

  @Test
  void parse_longNames_areLimited() {
    assertEquals("x/" + "a".repeat(253), ImageReference.parse("x/" + "a".repeat(253)).path());
    assertThrows(OciFormatException.class, () -> ImageReference.parse("x/" + "a".repeat(254)));
    assertThrows(OciFormatException.class, () -> ImageReference.parse("x:" + "t".repeat(129)));
  }

  @Test
  void parse_tagAndDigest_keepsBoth() {
    ImageReference reference = ImageReference.parse("a.example/x:1@sha256:" + HASH);
    assertEquals(Optional.of("1"), reference.tag());
    assertEquals(Optional.of(Digest.ofSha256(HASH)), reference.digest());
    assertEquals("a.example/x:1@sha256:" + HASH, reference.toString());
  }

  @Test
  void parse_digestOnly_impliesNoTag() {
    assertEquals(Optional.empty(), ImageReference.parse("x@sha256:" + HASH).tag());
  }

  @Test
  void withTag_andWithDigest_replaceTheOther() {
    ImageReference reference = ImageReference.parse("x:1");
    assertEquals("x:2", reference.withTag("2").toString());
    ImageReference pinned = reference.withDigest(Digest.ofSha256(HASH));
    assertEquals("x@sha256:" + HASH, pinned.toString());
    assertEquals("x:3", pinned.withTag("3").toString());
    assertThrows(OciFormatException.class, () -> reference.withTag("not a tag"));
  }

  @Test
  void registry_ofHub_isItsApiHost() {
    assertEquals("registry-1.docker.io", ImageReference.parse("x").registry());
    assertEquals("docker.io", ImageReference.parse("x").domain());
    assertEquals("library/x", ImageReference.parse("x").path());
    assertEquals("x", ImageReference.parse("x").repository());
    assertEquals("127.0.0.1:5000", ImageReference.parse("127.0.0.1:5000/x").registry());
  }
}
