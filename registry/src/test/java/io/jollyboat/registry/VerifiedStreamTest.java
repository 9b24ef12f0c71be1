package io.jollyboat.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.ContentException;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.MediaType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class VerifiedStreamTest {
  private static final byte[] CONTENT = new byte[] {1, 2, 3, 4, 5};
  private static final Descriptor EXPECTED =
      Descriptor.of(MediaType.OCI_LAYER, Digest.sha256(CONTENT), CONTENT.length);

  private static VerifiedStream stream(byte[] content) {
    return new VerifiedStream(new ByteArrayInputStream(content), EXPECTED);
  }

  @Test
  void read_rightContent_passesItOn() throws IOException {
    try (VerifiedStream in = stream(CONTENT)) {
      assertEquals(1, in.read());
      assertArrayEquals(new byte[] {2, 3, 4, 5}, in.readAllBytes());
      assertEquals(5, in.count());
    }
  }

  @Test
  void read_wrongContent_failsAtTheLastByte() throws IOException {
    byte[] wrong = CONTENT.clone();
    wrong[4]++;
    try (VerifiedStream in = stream(wrong)) {
      assertEquals(4, in.readNBytes(4).length);
      ContentException e = assertThrows(ContentException.class, in::read);
      assertEquals(EXPECTED.digest(), e.expected().orElseThrow());
    }
  }

  @Test
  void read_shortContent_failsAtItsEnd() throws IOException {
    try (VerifiedStream in = stream(Arrays.copyOf(CONTENT, 3))) {
      ContentException e = assertThrows(ContentException.class, in::readAllBytes);
      assertTrue(e.toString().contains("after 3 of 5 bytes"), e.toString());
    }
  }

  @Test
  void finish_longContent_fails() throws IOException {
    try (VerifiedStream in = stream(Arrays.copyOf(CONTENT, 6))) {
      assertEquals(5, in.readNBytes(5).length);
      assertThrows(ContentException.class, in::finish);
    }
  }

  @Test
  void construct_forNothingWithAWrongDigest_fails() {
    Descriptor wrong = Descriptor.of(MediaType.OCI_LAYER, EXPECTED.digest(), 0);
    ByteArrayInputStream nothing = new ByteArrayInputStream(new byte[0]);
    assertThrows(ContentException.class, () -> new VerifiedStream(nothing, wrong));
  }
}
