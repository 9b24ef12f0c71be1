package io.jollyboat.dockerfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerfileTest {
  private static final String NODE =
      """
      FROM node:8.4-alpine
      WORKDIR /opt/helloworld
      RUN touch /var/lib/installed
      COPY . .
      RUN npm install
      EXPOSE 3000
      CMD ["npm", "start"]
      """;

  private static final List<Instruction> NODE_IN_JAVA =
      List.of(
          From.of("node:8.4-alpine"),
          Workdir.of("/opt/helloworld"),
          Run.shell("touch /var/lib/installed"),
          Copy.of(".").to("."),
          Run.shell("npm install"),
          Expose.tcp(3000),
          Cmd.exec("npm", "start"));

  @Test
  void parse_webService_equalsTheSameFromJava() {
    assertEquals(NODE_IN_JAVA, Dockerfile.parse(NODE).instructions());
  }

  @Test
  void of_webService_printsWhatAPersonWrites() {
    assertEquals(NODE, Dockerfile.of(NODE_IN_JAVA).toString());
    assertEquals(Dockerfile.parse(NODE), Dockerfile.of(NODE_IN_JAVA));
  }

  @Test
  void toString_parsed_isTheVeryText() {
    String text = "\uFEFF# syntax=x\r\n\r\n from a  \\\r\n\r\n # no\r\n  as B\r\nrun\tx";

    Dockerfile parsed = Dockerfile.parse(text);

    assertEquals(text, parsed.toString());
    assertEquals(List.of(From.of("a").as("b"), Run.shell("x")), parsed.instructions());
  }

  @Test
  void parse_argsBeforeFrom_areGlobal() {
    Dockerfile parsed = Dockerfile.parse("ARG V=1\nFROM a:$V AS one\nUSER me\nFROM one\nARG V\n");

    assertEquals(List.of(Arg.of("V", "1")), parsed.globalArgs());
    assertEquals(2, parsed.stages().size());
    assertEquals("one", parsed.stages().get(0).name().orElseThrow());
    assertEquals(List.of(Arg.of("V")), parsed.stages().get(1).instructions());
  }

  @Test
  void parse_file_namesItInErrors(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("web.Dockerfile"), "FROM a\nRUM x\n");

    DockerfileSyntaxException error =
        assertThrows(DockerfileSyntaxException.class, () -> Dockerfile.parse(file));

    assertEquals(file.toString(), error.range().file());
    assertEquals(2, error.range().line());
    assertEquals("did you mean RUN?", error.suggestion().orElseThrow());
  }

  @Test
  void getMessage_showsLineCaretAndSuggestion() {
    DockerfileSyntaxException error =
        assertThrows(
            DockerfileSyntaxException.class,
            () -> Dockerfile.parse("FROM a\n\nCOPY --form=b \\\n  x y\n"));

    assertEquals(
        """
        Dockerfile:3:6: unknown flag: --form
          3 | COPY --form=b \\
            |      ^
        did you mean --from?\
        """,
        error.getMessage());
    assertEquals(4, error.range().lastLine());
  }

  @Test
  void getMessage_errorAfterContinuation_pointsIntoTheRightLine() {
    DockerfileSyntaxException error =
        assertThrows(
            DockerfileSyntaxException.class,
            () -> Dockerfile.parse("FROM a\nENV a=b \\\n    c=${x:y}\n"));

    assertEquals(3, error.range().line());
    assertEquals(7, error.range().column());
  }

  @Test
  void of_valueWithLineBreak_saysThatNoTextCanSayIt() {
    List<Instruction> instructions = List.of(From.of("a"), Env.of("X", "one\ntwo"));

    UnsupportedOperationException error =
        assertThrows(
            UnsupportedOperationException.class, () -> Dockerfile.of(instructions).stages());

    assertTrue(String.valueOf(error.getMessage()).contains("ENV"));
  }

  @Test
  void parse_instructionBeforeFrom_isAnError() {
    assertThrows(DockerfileSyntaxException.class, () -> Dockerfile.parse("RUN x\n").stages());
    assertThrows(DockerfileSyntaxException.class, () -> Dockerfile.parse("").stages());
    assertThrows(DockerfileSyntaxException.class, () -> Dockerfile.parse("# only\n").stages());
    assertThrows(DockerfileSyntaxException.class, () -> Dockerfile.parse("ARG x\n").stages());
  }

  @Test
  void parse_hundredMegabytes_saysHowMuchIsAllowed(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("Dockerfile");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(100L << 20);
    }
    DockerfileSyntaxException ofFile =
        assertThrows(DockerfileSyntaxException.class, () -> Dockerfile.parse(file));
    assertTrue(
        String.valueOf(ofFile.getMessage())
            .startsWith(file + ":1:1: the Dockerfile has more than 16777216"));
    String text = "FROM a\n" + "RUN x\n".repeat(3 << 20);
    assertThrows(DockerfileSyntaxException.class, () -> Dockerfile.parse(text));
  }

  @Test
  void check_withoutBuilding_knowsWhatTheContextLeavesOut(@TempDir Path context) throws Exception {
    Files.writeString(context.resolve(".dockerignore"), "*.log\nsecret\n!secret/public\n");
    Path file =
        Files.writeString(
            context.resolve("Dockerfile"),
            """
            FROM busybox:latest
            COPY a.log ./b.log https://host/c.log /
            COPY secret secret/public *.log . /d/
            COPY --from=x d.log /
            # check=skip=CopyIgnoredFile
            ADD e.log /
            CMD one
            """);
    Dockerfile parsed = Dockerfile.parse(file);

    List<String> found =
        parsed.check(DockerIgnore.ofContext(context, parsed.file())).stream()
            .map(warning -> warning.range().line() + " " + warning.rule())
            .toList();
    assertEquals(List.of("2 CopyIgnoredFile", "2 CopyIgnoredFile", "7 JSONArgsRecommended"), found);

    Files.writeString(context.resolve("Dockerfile.dockerignore"), "none\n");
    assertEquals(
        List.of("JSONArgsRecommended"),
        parsed.check(DockerIgnore.ofContext(context, parsed.file())).stream()
            .map(Warning::rule)
            .toList());
  }
}
