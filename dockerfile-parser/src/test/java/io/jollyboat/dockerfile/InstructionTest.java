package io.jollyboat.dockerfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InstructionTest {
  private static final Map<String, String> VARIABLES =
      Map.of("x", "1 2", "empty", "", "PATH", "/bin", "ports", "80 443/udp");

  @Test
  void expanded_eachExpandableInstruction_holdsValues() {
    assertExpands("ENV a=\"1 2\" PATH=/opt:/bin", "ENV a=$x PATH=\"/opt:$PATH\"");
    assertExpands("LABEL l=\"\"", "LABEL l=$empty");
    assertExpands("ARG v=d", "ARG v=${none:-d}");
    assertExpands("EXPOSE 80 443/udp 8080", "EXPOSE $ports $empty 8080");
    assertExpands("WORKDIR /bin/y", "WORKDIR $PATH/'y'");
    assertExpands("USER u", "USER ${none-u}");
    assertExpands("STOPSIGNAL 9", "STOPSIGNAL ${none-9}");
    assertExpands("VOLUME [\"1 2\"]", "VOLUME $x");
    assertExpands(
        "COPY --chown=/bin --exclude=$x a /bin", "COPY --chown=$PATH --exclude=$x a $PATH");
    assertExpands("ADD --checksum=\"1 2\" a b", "ADD --checksum=$x a b");
    assertExpands("COPY <<'f' /\n/bin \"q\" $\nf", "COPY <<f /\n$PATH \"q\" \\$\nf\n");
    assertExpands(
        "RUN --mount=type=cache,target=/bin/c echo $PATH",
        "RUN --mount=type=cache,target=$PATH/c echo $PATH");
  }

  @Test
  void expanded_shellText_isLeftToTheShell() {
    for (String text : List.of("RUN $x", "CMD $x", "ENTRYPOINT $x", "HEALTHCHECK CMD $x")) {
      assertExpands(text, text);
    }
  }

  @Test
  void expanded_missingRequiredVariable_isAnErrorAtThePlace() {
    Instruction instruction = read("\n\nENV a=1 b=\"${none:?set it}\"");

    DockerfileSyntaxException error =
        assertThrows(
            DockerfileSyntaxException.class, () -> instruction.expanded(VARIABLES::get).range());

    assertEquals("none: set it", error.problem());
    assertEquals(4, error.range().line());
  }

  @Test
  void expanded_emptyImage_isAnErrorAtThePlace() {
    From from = (From) Dockerfile.parse("ARG v\nFROM $v\n").instructions().get(1);

    DockerfileSyntaxException error =
        assertThrows(DockerfileSyntaxException.class, () -> from.expanded(n -> null).range());

    assertEquals(2, error.range().line());
    assertTrue(error.problem().contains("should not be blank"), error.problem());
  }

  @Test
  void variables_everyWord_namesAllThatMayBeRead() {
    assertEquals(Set.of("a", "b", "c"), read("ENV $a=${b:-${c#*}}").variables());
    assertEquals(Set.of("o", "d", "h"), read("COPY --chown=$o <<E $d\n$h\nE").variables());
    assertEquals(Set.of(), read("RUN $x").variables());
  }

  @Test
  void equals_differentPlaceAndQuotes_sameMeaning() {
    assertEquals(Env.of("a", "b c"), read("ENV a='b c'"));
    assertEquals(read("ENV a=b"), read("\n\n  env a \"b\""));
    assertEquals(Env.of("P", Word.of("/x:$P")), read("ENV P=\"/x:${P}\""));
    assertNotEquals(Env.of("a", "$b"), read("ENV a=$b"));
    assertEquals(Copy.of("a b").to("/c d/"), read("COPY [\"a b\", \"/c d/\"]"));
    assertEquals(
        Run.shell("npm ci").cache("/root/.npm").secret("npmrc"),
        read("RUN --mount=type=cache,dst=/root/.npm --mount=id=npmrc,type=secret npm ci"));
  }

  @Test
  void shell_severalLines_becomeAHeredoc() {
    Run run = Run.shell("set -e\necho '$x'\n");

    assertEquals("RUN <<EOF\nset -e\necho '$x'\nEOF", run.toString());
    assertEquals(List.of("sh", "-c", "set -e\necho '$x'\n"), run.arguments(List.of("sh", "-c")));
    assertTrue(Run.shell("#!/bin/sh\ntrue").script().isPresent());
  }

  @Test
  void shell_textThatALineCannotSay_stillRuns() {
    for (String text : List.of("[\"a\"]", "cat <<EOF", "echo \\")) {
      Run run = Run.shell(text);
      assertEquals(text + "\n", run.arguments(List.of("sh")).get(1));
      assertThrows(IllegalArgumentException.class, () -> Cmd.shell(text).range());
    }
  }

  @Test
  void arguments_heredocBesideACommand_areReadByTheShell() {
    Run run = (Run) read("RUN cat <<A > /f\nbody\nA\n");

    assertEquals("cat <<A > /f\nbody\nA", run.arguments(List.of("sh")).get(1));
  }

  @Test
  void mount_readers_giveDefaultsAndValues() {
    RunMount bind = ((Run) read("RUN --mount=target=/x,rw true")).mounts().get(0);
    RunMount cache = RunMount.cache("/c").sharing(RunMount.Sharing.LOCKED);

    assertEquals(RunMount.Type.BIND, bind.type());
    assertEquals(Optional.of("/x"), bind.target());
    assertEquals(false, bind.readOnly());
    assertEquals(true, RunMount.bind("/y").readOnly());
    assertEquals(RunMount.Sharing.LOCKED, cache.sharing());
    assertThrows(IllegalArgumentException.class, () -> RunMount.bind("/").type());
    assertThrows(IllegalArgumentException.class, () -> cache.with("nonsense", "1").type());
  }

  @Test
  void factories_impossibleValues_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> Run.shell(" ").range());
    assertThrows(IllegalArgumentException.class, () -> From.of("").range());
    assertThrows(IllegalArgumentException.class, () -> From.of("a").as("1").range());
    assertThrows(IllegalArgumentException.class, () -> Env.of("a=b", "c").range());
    assertThrows(IllegalArgumentException.class, () -> Copy.of("a").to("b").from("$x").range());
    assertThrows(IllegalArgumentException.class, () -> Onbuild.of(From.of("a")).range());
  }

  private static void assertExpands(String expected, String text) {
    assertEquals(expected, read(text).expanded(VARIABLES::get).toString());
  }

  private static Instruction read(String text) {
    return Dockerfile.parse("FROM a\n" + text).instructions().get(1);
  }
}
