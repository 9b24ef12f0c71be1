package io.jollyboat.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestTest {
  private static final String EMPTY =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  @Test
  void sha256_ofNothing_isTheKnownHash() {
    Digest digest = Digest.sha256(new byte[0]);
    assertEquals("sha256:" + EMPTY, digest.toString());
    assertEquals(digest, Digest.parse(digest.toString()));
    assertEquals("e3b0c44298fc", digest.shortHex());
  }

  @Test
  void of_hasher_finishesIt() {
    MessageDigest hasher = Digest.parse("sha512:" + "0".repeat(128)).hasher();
    assertEquals("sha512", Digest.of(hasher).algorithm());
    assertEquals(Digest.ofSha256(EMPTY), Digest.of(Digest.sha256Hasher()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":", "sha256", "sha256:", "sha256:00", "md5:00", "sha256 :00"})
  void parse_malformed_isRefused(String text) {
    assertThrows(OciFormatException.class, () -> Digest.parse(text));
  }

  @Test
  void parse_upperCase_isRefused() {
    assertThrows(OciFormatException.class, () -> Digest.parse("sha256:" + EMPTY.replace('e', 'E')));
  }

  @Test
  void chainId_ofThree_hashesThePreviousAndTheNext() {
    Digest a = Digest.sha256(new byte[] {1});
    Digest b = Digest.sha256(new byte[] {2});
    Digest c = Digest.sha256(new byte[] {3});
    Digest ab = Digest.sha256((a + " " + b).getBytes(StandardCharsets.UTF_8));
    Digest abc = Digest.sha256((ab + " " + c).getBytes(StandardCharsets.UTF_8));
    assertEquals(
        List.of(new ChainId(a), new ChainId(ab), new ChainId(abc)),
        ChainId.ofEach(List.of(a, b, c)));
    assertEquals(abc.hex(), ChainId.of(List.of(a, b, c)).hex());
    assertThrows(IllegalArgumentException.class, () -> ChainId.of(List.of()));
  }
}
