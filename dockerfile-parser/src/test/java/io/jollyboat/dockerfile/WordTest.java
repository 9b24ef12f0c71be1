package io.jollyboat.dockerfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WordTest {
  private static final Map<String, String> VARIABLES =
      Map.of("file", "/srv/app.tar.gz", "empty", "", "name", "jolly boat", "star", "a*b");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "${file#*/} | srv/app.tar.gz",
        "${file##*/} | app.tar.gz",
        "${file%.*} | /srv/app.tar",
        "${file%%.*} | /srv/app",
        "${file#nothing} | /srv/app.tar.gz",
        "${file#?srv} | /app.tar.gz",
        "${file/a/A} | /srv/App.tar.gz",
        "${file//a/A} | /srv/App.tAr.gz",
        "${file//\\//-} | -srv-app.tar.gz",
        "${file/tar*/zip} | /srv/app.zip",
        "${star#a\\*} | b",
        "${empty-x} | ``",
        "${empty:-x} | x",
        "${none-$name} | jolly boat",
        "${empty+set} | set",
        "${empty:+set} | ``",
        "${file%$none} | /srv/app.tar.gz",
        "a'$file'\"$empty\" | a$file",
        "\\$file | $file",
        "$. | $.",
        "${file:+'{}'}x | {}x",
      })
  void expand_modifiers_asTheShellHasThem(String text, String value) {
    assertEquals(value, Word.of(text).expand(VARIABLES::get));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'open",
        "\"open",
        "${open",
        "${}",
        "${:x}",
        "${{a}}",
        "${a=b}",
        "${a:1}",
        "${a:=b}",
        "${a/b}",
        "${a/b/c",
        "${.}",
        "${a:-${b}",
        "${a^^}"
      })
  void of_malformed_isRefused(String text) {
    DockerfileSyntaxException error =
        assertThrows(DockerfileSyntaxException.class, () -> Word.of(text).raw());
    assertEquals(text, error.sourceLine());
  }

  @Test
  void of_tooDeep_isRefusedAndNotAStackOverflow() {
    String deep = "${a:-".repeat(10_000);

    assertThrows(DockerfileSyntaxException.class, () -> Word.of(deep).raw());
  }

  @Test
  void expand_requiredVariable_saysWhichIsMissing() {
    assertEquals("", Word.of("${empty?}").expand(VARIABLES::get));
    assertEquals("none: is not allowed to be unset", problem("${none?}"));
    assertEquals("empty: is not allowed to be empty", problem("${empty:?}"));
    assertEquals("none: why", problem("${none:?why}"));
    assertEquals("none: why", problem("${file:+${none:?why}}"));
  }

  @Test
  void expandWords_values_splitUnlessQuoted() {
    assertEquals(List.of("jolly", "boat", "x"), Word.of("$name x").expandWords(VARIABLES::get));
    assertEquals(List.of("jolly boat"), Word.of("\"$name\"").expandWords(VARIABLES::get));
    assertEquals(List.of(), Word.of("$empty").expandWords(VARIABLES::get));
    assertEquals(List.of("ajolly", "boatb"), Word.of("a${name}b").expandWords(VARIABLES::get));
  }

  @Test
  void of_backtickEscape_isRewrittenToBackslash() {
    Word word = Word.of("C:\\x`$y$z", '`');

    assertEquals("C:\\x$y!", word.expand(name -> "!"));
    assertEquals(word, Word.of(word.raw()));
  }

  @Test
  void value_ofVariable_isRefused() {
    assertEquals("a b", Word.of("a\\ 'b'").value());
    assertThrows(IllegalStateException.class, () -> Word.of("$a").value().length());
  }

  @Test
  void literal_specialText_isQuotedAsAPersonWould() {
    assertEquals("plain", Word.literal("plain").raw());
    assertEquals("\"a b\"", Word.literal("a b").raw());
    assertEquals("\"cost: \\$5\"", Word.literal("cost: $5").raw());
    assertEquals("\"\"", Word.literal("").raw());
  }

  private static String problem(String text) {
    return assertThrows(
            DockerfileSyntaxException.class, () -> Word.of(text).expand(VARIABLES::get).length())
        .problem();
  }
}
