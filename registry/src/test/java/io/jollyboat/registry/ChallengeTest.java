package io.jollyboat.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChallengeTest {
  private static List<Challenge> parse(String... headers) {
    return Challenge.parse(List.of(headers));
  }

  @Test
  void parse_bearer_readsItsParameters() {
    assertEquals(
        List.of(
            new Challenge(
                "bearer",
                Map.of("realm", "https://a.example/t", "service", "s", "scope", "r:x:pull,push"))),
        parse("Bearer realm=\"https://a.example/t\",Service=s, scope=\"r:x:pull,push\""));
  }

  @Test
  void parse_severalInOneHeader_separatesThem() {
    List<Challenge> found = parse("Basic realm=\"a, b\", BEARER realm=x", "Negotiate");
    assertEquals(
        List.of("basic", "bearer", "negotiate"), found.stream().map(Challenge::scheme).toList());
    assertEquals(Optional.of("a, b"), found.get(0).parameter("realm"));
  }

  @Test
  void parse_escapesAndEmptyValues_areRead() {
    Challenge challenge = parse("Bearer realm=\"a\\\"b\\\\\",empty=\"\",open=\"x").get(0);
    assertEquals(Optional.of("a\"b\\"), challenge.parameter("realm"));
    assertEquals(Optional.empty(), challenge.parameter("empty"));
    assertEquals("", challenge.parameters().get("empty"));
    assertEquals(Optional.of("x"), challenge.parameter("open"));
  }

  @Test
  void parse_nonsense_givesNothingUseful() {
    assertEquals(List.of(), parse("", " , ,"));
    assertEquals(Optional.empty(), parse("= = \"\" x").get(0).parameter("realm"));
  }
}
