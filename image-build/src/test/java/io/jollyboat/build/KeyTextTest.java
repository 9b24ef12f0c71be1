package io.jollyboat.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.jollyboat.oci.Digest;
import io.jollyboat.spi.host.FileNames;
import org.junit.jupiter.api.Test;

class KeyTextTest {
  private static Digest digest(String name) {
    return new KeyText().add("file", name).digest();
  }

  @Test
  void digest_ofNamesThatAreNotUtf8_differs() {
    String one = FileNames.decode(new byte[] {'a', (byte) 0xff});
    String other = FileNames.decode(new byte[] {'a', (byte) 0xfe});
    assertEquals(digest(one), digest(one));
    assertNotEquals(digest(one), digest(other));
    assertNotEquals(digest(one), digest("a?"));
  }
}
