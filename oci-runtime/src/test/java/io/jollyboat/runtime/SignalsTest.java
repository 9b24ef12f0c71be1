package io.jollyboat.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SignalsTest {
  @ParameterizedTest
  @CsvSource({
    "9,9",
    "KILL,9",
    "SIGKILL,9",
    "sigterm,15",
    "HUP,1",
    "RTMIN,34",
    "SIGRTMIN+3,37",
    "RTMAX,64",
    "SYS,31",
    "0,0"
  })
  void number_ofAName_isSignal7s(String name, int number) {
    assertEquals(number, Signals.number(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "SIG", "65", "-1", "NOSUCH", "9x"})
  void number_ofAnythingElse_isRefused(String name) {
    assertThrows(RuntimeFailure.class, () -> Signals.number(name));
  }
}
