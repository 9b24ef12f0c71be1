package io.jollyboat.dockerfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DockerIgnoreTest {
  @ParameterizedTest
  @CsvSource({
    "node_modules, node_modules, true",
    "node_modules, node_modules/a/b, true",
    "node_modules, src/node_modules, false",
    "**/node_modules, src/node_modules/x, true",
    "*.md, README.md, true",
    "*.md, docs/README.md, false",
    "**/*.md, docs/a/README.md, true",
    "docs/**, docs, false",
    "docs/**, docs/a, true",
    "/abs, abs, true",
    "a//./b/, a/b, true",
    "a/../b, b, true",
    "a?c, abc, true",
    "a?c, a/c, false",
    "[a-c]x, bx, true",
    "[^a-c]x, bx, false",
    "a\\*b, a*b, true",
    "a\\*b, axb, false",
    "**, anything/at/all, true",
    "a**b, a/x/b, true",
    "temp?/, temp1/x, true",
  })
  void excludes_pattern_asMobyHasIt(String pattern, String path, boolean excluded) {
    assertEquals(excluded, DockerIgnore.parse(pattern).excludes(path));
  }

  @Test
  void excludes_exceptions_lastMatchWins() {
    DockerIgnore ignore = DockerIgnore.parse("*\n!src\nsrc/*.log\n!src/keep.log\n");

    assertTrue(ignore.excludes("other"));
    assertFalse(ignore.excludes("src"));
    assertFalse(ignore.excludes("src/a.js"));
    assertTrue(ignore.excludes("src/a.log"));
    assertFalse(ignore.excludes("src/keep.log"));
  }

  @Test
  void excludesAllBelow_exceptionsReachingIn_keepTheDirectory() {
    DockerIgnore ignore = DockerIgnore.parse("vendor\nbuild\n!vendor/lib/*.jar\n");

    assertTrue(ignore.excludesAllBelow("build"));
    assertFalse(ignore.excludesAllBelow("vendor"));
    assertFalse(ignore.excludesAllBelow("vendor/lib"));
    assertTrue(ignore.excludesAllBelow("vendor/doc"));
    assertFalse(ignore.excludesAllBelow("src"));
    assertFalse(DockerIgnore.parse("a\n!**/keep").excludesAllBelow("a/b/c"));
  }

  @Test
  void parse_commentsBlanksAndMark_areNoPatterns() {
    DockerIgnore ignore = DockerIgnore.parse("\uFEFF# no\r\n\r\n  \r\n a \r\n #b\r\n");

    assertTrue(ignore.excludes("a"));
    assertTrue(ignore.excludes("#b"));
    assertFalse(ignore.excludes("no"));
    assertTrue(DockerIgnore.parse("#\n\n").isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"!", "! ", "[", "a[", "[]", "[a", "[z-a]", "[-]", "a\\"})
  void parse_malformed_isALocatedError(String pattern) {
    DockerfileSyntaxException error =
        assertThrows(
            DockerfileSyntaxException.class,
            () -> DockerIgnore.parse("ok\n" + pattern + "\n").isEmpty());

    assertEquals(2, error.range().line());
  }

  @Test
  void excludes_manyStars_takesNoExponentialTime() {
    DockerIgnore ignore = DockerIgnore.of(List.of("a*".repeat(200) + "b", "**/a".repeat(100)));

    assertTimeout(Duration.ofSeconds(5), () -> ignore.excludes("a".repeat(4000)));
  }
}
