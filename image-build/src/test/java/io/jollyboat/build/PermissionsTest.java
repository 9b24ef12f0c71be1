package io.jollyboat.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PermissionsTest {
  @ParameterizedTest
  @CsvSource({
    "755, 644, false, 755",
    "0644, 755, false, 644",
    "4755, 644, false, 4755",
    "u=rwX|go-w, 666, false, 644",
    "u=rwX|go=rX, 700, true, 755",
    "u=rwX|go=rX, 600, false, 644",
    "+x, 644, false, 755",
    "a-x, 755, false, 644",
    "u+s, 755, false, 4755",
    "g+s, 755, true, 2755",
    "+t, 777, true, 1777",
    "go=, 777, false, 700",
    "u=rw+x, 000, false, 700",
    "o+w-x, 755, false, 756",
  })
  void applyTo_asChmodDoes(String text, String before, boolean directory, String after) {
    int mode =
        Permissions.parse(text.replace('|', ',')).applyTo(Integer.parseInt(before, 8), directory);

    assertEquals(after, Integer.toOctalString(mode));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "8", "77777", "u", "u=q", "u=rw,", "rw"})
  void parse_neitherForm_isRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Permissions.parse(text));
  }
}
