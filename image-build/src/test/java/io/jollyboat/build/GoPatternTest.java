package io.jollyboat.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoPatternTest {
  @ParameterizedTest
  @CsvSource({
    "abc,abc,true",
    "*,abc,true",
    "*c,abc,true",
    "a*,a,true",
    "a*,ab,true",
    "a*b*c,axbxxc,true",
    "a*b*c,axbxx,false",
    "a?c,abc,true",
    "a?c,ac,false",
    "ab[c],abc,true",
    "ab[b-d],abc,true",
    "ab[e-g],abc,false",
    "ab[^c],abc,false",
    "ab[^e-g],abc,true",
    "a\\*b,a*b,true",
    "a\\*b,ab,false",
    "[\\]a],],true",
    "[\\-x],-,true",
    "*x,xxx,true",
    "a[^a]b,a\u263ab,true",
    "a???b,a\u263ab,false",
  })
  void matches_asGoDoes(String pattern, String name, boolean expected) {
    assertEquals(expected, GoPattern.of(pattern).matches(name), pattern + " " + name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]a]", "[-]", "[x-]", "[-x]", "[", "[^", "[^bc", "a[", "\\", "[a-b-c]"})
  void of_malformed_isRefused(String pattern) {
    assertThrows(IllegalArgumentException.class, () -> GoPattern.of(pattern));
  }

  @Test
  void isPattern_findsSpecialCharacters() {
    assertEquals(true, GoPattern.isPattern("a/*.b"));
    assertEquals(false, GoPattern.isPattern("a/b"));
  }
}
