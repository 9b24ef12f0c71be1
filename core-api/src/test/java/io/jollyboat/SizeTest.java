package io.jollyboat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizeTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "100, 100",
    "100b, 100",
    "1k, 1024",
    "512m, 536870912",
    "512M, 536870912",
    "64MiB, 67108864",
    "1.5g, 1610612736",
    "2 gb, 2147483648",
    "1t, 1099511627776"
  })
  void parse_dockersForms_bytes(String text, long bytes) {
    assertEquals(bytes, Size.parse(text).bytes());
  }

  @ParameterizedTest
  @CsvSource({"''", "m", "-1m", "1x", "1.2.3m", "999999999t"})
  void parse_noSize_saysWhat(String text) {
    assertThrows(IllegalArgumentException.class, () -> Size.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0B",
    "999, 999B",
    "1000, 1kB",
    "1234, 1.23kB",
    "12345678, 12.3MB",
    "999999, 1MB",
    "1500000000, 1.5GB",
    "100000000, 100MB"
  })
  void toString_threeDigits_asDockerPrints(long bytes, String text) {
    assertEquals(text, new Size(bytes).toString());
  }

  @Test
  void constructor_negative_refused() {
    assertThrows(IllegalArgumentException.class, () -> new Size(-1));
    assertTrue(new Size(1).compareTo(Size.mib(1)) < 0);
  }
}
