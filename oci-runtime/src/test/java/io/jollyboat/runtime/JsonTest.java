package io.jollyboat.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonTest {
  @Test
  void write_ofWhatWasParsed_isTheSame() {
    String text = "{\"b\":[1,-2,1.5,\"x\\n\"],\"a\":{\"t\":true,\"big\":18446744073709551615}}";
    assertEquals(text, Json.write(parse(text).members()));
  }

  @Test
  void number_withoutASign_keepsItsBits() {
    assertEquals(-1, parse("{\"n\":18446744073709551615}").number("n").orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "{\"a\":}", "{} x", "{\"a\":1", "nonsense"})
  void parse_ofAnythingElse_isRefused(String text) {
    assertThrows(RuntimeFailure.class, () -> parse(text));
  }

  @Test
  void parse_ofDeepNesting_isRefused() {
    String deep = "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
    assertThrows(RuntimeFailure.class, () -> parse(deep));
  }

  private static Fields parse(String text) {
    return Json.parse(text.getBytes(StandardCharsets.UTF_8), "test.json");
  }
}
