package io.jollyboat.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformTest {
  @ParameterizedTest
  @CsvSource({
    "linux/amd64, linux/amd64",
    "Linux/x86_64, linux/amd64",
    "linux/amd64/v1, linux/amd64",
    "linux/amd64/v3, linux/amd64/v3",
    "linux/aarch64, linux/arm64",
    "linux/arm64/v8, linux/arm64/v8",
    "linux/armhf, linux/arm",
    "linux/armel, linux/arm/v6",
    "linux/arm/7, linux/arm/v7",
    "macos/arm64, darwin/arm64",
    "windows(10.0.1+win32k)/amd64, windows(10.0.1+win32k)/amd64",
    "linux(+b+a+b)/amd64, linux(+a+b)/amd64",
  })
  void parse_names_normalises(String text, String expected) {
    assertEquals(expected, Platform.parse(text).toString());
    assertEquals(Platform.parse(text), Platform.parse(expected));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nonsense", "a/b/c/d", "linux/", "*/amd64", "linux amd64"})
  void parse_malformed_isRefused(String text) {
    assertThrows(OciFormatException.class, () -> Platform.parse(text));
  }

  @Test
  void parse_onePart_takesTheRestFromThisMachine() {
    assertEquals(Platform.current().os(), Platform.parse("arm64").os());
    assertEquals(Platform.current().architecture(), Platform.parse("linux").architecture());
  }

  @Test
  void runsOn_lesserVariants_butNotHigher() {
    Platform machine = Platform.parse("linux/arm/v7");
    assertTrue(Platform.parse("linux/arm/v6").runsOn(machine));
    assertTrue(Platform.parse("linux/arm").isExactly(machine));
    assertFalse(Platform.parse("linux/arm/v8").runsOn(machine));
    assertFalse(Platform.parse("linux/arm64").runsOn(machine));
    assertTrue(Platform.parse("linux/386").runsOn(Platform.parse("linux/amd64")));
    assertFalse(Platform.parse("linux/386").isExactly(Platform.parse("linux/amd64")));
    assertFalse(Platform.parse("linux(+gpu)/amd64").runsOn(Platform.parse("linux/amd64")));
  }

  @Test
  void bestFor_aMachine_putsTheClosestFirst() {
    List<Platform> images = new ArrayList<>();
    for (String text : List.of("windows/amd64", "linux/386", "linux/amd64", "linux/amd64/v2")) {
      images.add(Platform.parse(text));
    }
    images.sort(Platform.bestFor(Platform.parse("linux/amd64/v3")));
    assertEquals("[linux/amd64/v2, linux/amd64, linux/386, windows/amd64]", images.toString());
  }
}
