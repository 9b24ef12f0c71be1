package io.jollyboat.dockerfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Any bytes end in a value or a {@link DockerfileSyntaxException}, in linear time. */
class FuzzTest {
  private static final int ROUNDS = 5_000;
  private static final List<String> SNIPPETS =
      List.of(
          "\n",
          "\\\n",
          "`\n",
          "\r\n",
          "<<EOF",
          "\nEOF\n",
          "${",
          "}",
          "${x:-",
          "\"",
          "'",
          "[\"",
          "\"]",
          "--",
          "--mount=",
          "--from=",
          "# escape=`\n",
          " ",
          "\t",
          "=",
          "ONBUILD ",
          "FROM a\n",
          "RUN ",
          "COPY ",
          "ENV ",
          "HEALTHCHECK ",
          "\u201C",
          "\u2014",
          "\u00A0",
          "\uFEFF",
          "\0",
          "\uD83D",
          ",",
          "#",
          "\\",
          "$",
          "type=",
          "<<-",
          "/");

  @Test
  void parse_mutatedCases_valueOrSyntaxException() throws Exception {
    Random random = new Random(1);
    List<String> corpus = corpus();
    for (int i = 0; i < ROUNDS; i++) {
      StringBuilder text = new StringBuilder(corpus.get(random.nextInt(corpus.size())));
      for (int changes = 1 + random.nextInt(8); changes > 0; changes--) {
        mutate(text, random);
      }
      check(text.toString());
    }
  }

  @Test
  void parse_randomBytes_valueOrSyntaxException() {
    Random random = new Random(2);
    for (int i = 0; i < ROUNDS; i++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      check((i % 2 == 0 ? "FROM a\n" : "") + new String(bytes, StandardCharsets.UTF_8));
    }
  }

  @Test
  void dockerIgnore_anyText_valueOrSyntaxException() {
    Random random = new Random(3);
    RandomInstructions texts = new RandomInstructions(4);
    for (int i = 0; i < ROUNDS; i++) {
      StringBuilder text = new StringBuilder(texts.text());
      mutate(text, random);
      try {
        DockerIgnore ignore = DockerIgnore.parse(text.toString());
        if (ignore.excludesAllBelow("a/b")) {
          assertEquals(true, ignore.excludes("a/b/c"), text.toString());
        }
      } catch (DockerfileSyntaxException expected) {
        assertEquals(".dockerignore", expected.range().file());
      }
    }
  }

  @Test
  void parse_longInput_isLinear() {
    List<String> repeated =
        List.of(
            "RUN x\n",
            "RUN \\\n",
            "ENV a=b \\\n",
            "ENV a${b:-\\\n",
            "COPY \"\\\n",
            "# c\n",
            "\\\n",
            "\n",
            "ONBUILD \\\n",
            "RUN --mount=type=ssh \\\n",
            "RUN <<A\nA\n",
            "COPY [[[[\\\n",
            "LABEL a='\\\n",
            "--a \\\n",
            "<<A \\\n",
            "$x \\\n",
            "\u2014 \\\n",
            "\"a\", \\\n",
            "# check=skip=UndefinedVar\nUSER $x\n",
            "# a comment\nARG a\n",
            "FROM scratch AS s\nENV a=$b c=$d\n",
            "FROM s\nENV e${f}=g\n",
            "RUN ${");
    for (String piece : repeated) {
      String text = "FROM a\nRUN y\n" + piece.repeat(200_000 / piece.length());
      assertTimeout(Duration.ofSeconds(10), () -> parse(text), piece);
      String inside = "FROM a\nENV " + piece.repeat(200_000 / piece.length());
      assertTimeout(Duration.ofSeconds(10), () -> parse(inside), piece);
    }
  }

  private static void mutate(StringBuilder text, Random random) {
    int at = random.nextInt(text.length() + 1);
    int end = Math.min(text.length(), at + random.nextInt(6));
    switch (random.nextInt(4)) {
      case 0 -> text.delete(at, end);
      case 1 -> text.insert(at, text.substring(at, end));
      case 2 -> text.insert(at, (char) random.nextInt(0x2100));
      default -> text.insert(at, SNIPPETS.get(random.nextInt(SNIPPETS.size())));
    }
  }

  private static void check(String text) {
    Optional<Dockerfile> parsed = parse(text);
    if (parsed.isPresent()) {
      assertEquals(text, parsed.get().toString());
      assertPrintsEqual(parsed.get());
    }
  }

  /** What was read prints as a Dockerfile that says the same, or is said not to be printable. */
  private static void assertPrintsEqual(Dockerfile parsed) {
    try {
      assertEquals(parsed, Dockerfile.of(parsed.instructions()));
    } catch (UnsupportedOperationException e) {
      boolean endsInBackslash =
          parsed.instructions().stream().anyMatch(i -> i.toString().endsWith("\\"));
      assertTrue(endsInBackslash, e + "\n" + parsed);
    }
  }

  private static Optional<Dockerfile> parse(String text) {
    try {
      return Optional.of(Dockerfile.parse(text));
    } catch (DockerfileSyntaxException expected) {
      assertEquals("Dockerfile", expected.range().file());
      return Optional.empty();
    }
  }

  private static List<String> corpus() throws Exception {
    List<String> corpus = new ArrayList<>();
    for (Path folder : CasesTest.folders()) {
      corpus.add(Files.readString(folder.resolve("Dockerfile")));
    }
    return corpus;
  }
}
