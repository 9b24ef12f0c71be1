package io.jollyboat.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FlagsTest {
  private static final Flags.Known KNOWN =
      new Flags.Known(List.of("all"), List.of("bundle"), Map.of("b", "bundle", "a", "all"), false);

  @Test
  void parse_everyForm_givesTheSame() {
    for (List<String> line :
        List.of(
            List.of("--bundle", "/x", "--all", "id"),
            List.of("--bundle=/x", "-all", "id"),
            List.of("-b", "/x", "-a", "id"),
            List.of("id", "-bundle=/x", "--all=true"))) {
      Flags flags = Flags.parse(line, KNOWN);
      assertEquals("/x", flags.value("bundle").orElseThrow(), line.toString());
      assertTrue(flags.is("all"));
      assertEquals(List.of("id"), flags.words());
    }
  }

  @Test
  void parse_wordsOfAProgram_areLeftAlone() {
    Flags flags = Flags.parse(List.of("--detach", "box", "ls", "-l", "--all"), Commands.of("exec"));
    assertEquals(List.of("box", "ls", "-l", "--all"), flags.words());
    assertTrue(flags.is("detach"));
  }

  @Test
  void parse_afterTwoDashes_isNoFlag() {
    assertEquals(List.of("--all"), Flags.parse(List.of("--", "--all"), KNOWN).words());
  }

  @Test
  void parse_unknownFlag_isNamed() {
    RuntimeFailure failure =
        assertThrows(RuntimeFailure.class, () -> Flags.parse(List.of("--bogus"), KNOWN));
    assertEquals("flag provided but not defined: --bogus", failure.getMessage());
  }

  @Test
  void parse_flagWithoutItsValue_isNamed() {
    RuntimeFailure failure =
        assertThrows(RuntimeFailure.class, () -> Flags.parse(List.of("--bundle"), KNOWN));
    assertEquals("flag needs an argument: --bundle", failure.getMessage());
  }

  @Test
  void commands_areThoseOfTheSpecificationAndRuncs() {
    assertTrue(
        Commands.names()
            .containsAll(
                List.of(
                    "create",
                    "start",
                    "state",
                    "kill",
                    "delete",
                    "run",
                    "exec",
                    "list",
                    "ps",
                    "pause",
                    "resume",
                    "update",
                    "events",
                    "features",
                    "spec")));
  }
}
