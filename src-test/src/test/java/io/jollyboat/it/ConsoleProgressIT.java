package io.jollyboat.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Engine;
import io.jollyboat.Image;
import io.jollyboat.Progress;
import io.jollyboat.Pushed;
import io.jollyboat.test.IntegrationTest;
import io.jollyboat.test.RegistryProcess;
import io.jollyboat.test.TestImages;
import io.jollyboat.test.TestStore;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a person sees who gives the console listener. */
@IntegrationTest
class ConsoleProgressIT {
  private static TestStore store;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final Progress console =
      Progress.console(new PrintStream(bytes, true, StandardCharsets.UTF_8));

  @BeforeAll
  static void pull(RegistryProcess registry) {
    store = TestStore.with(registry, TestImages.BUSYBOX);
  }

  @AfterAll
  static void delete() {
    store.close();
  }

  @Test
  void build_firstAndSecondTime_printsTheClassicForm() {
    Image image =
        Image.from(TestImages.BUSYBOX).workdir("/srv").run("echo out; echo err >&2").cmd("true");
    try (Engine engine = store.open(console)) {
      engine.build(image, build -> build.tag("console"));
      String hex = " ---> [0-9a-f]{12}";
      assertLines(
          List.of(
              "Step 1/4 : FROM busybox:latest",
              hex,
              "Step 2/4 : WORKDIR /srv",
              "( ---> Running in [0-9a-f]{12})?",
              hex,
              "Step 3/4 : RUN echo out; echo err >&2",
              " ---> Running in [0-9a-f]{12}",
              "out|err",
              "out|err",
              hex,
              "Step 4/4 : CMD \\[\"true\"\\]",
              "( ---> Running in [0-9a-f]{12})?",
              hex,
              "Successfully built [0-9a-f]{12}",
              "Successfully tagged console:latest"));
      bytes.reset();
      engine.build(image, build -> build.tag("console"));
      String hit = " ---> Using cache";
      assertLines(
          List.of(
              "Step 1/4 : FROM busybox:latest",
              hex,
              "Step 2/4 : WORKDIR /srv",
              hit,
              hex,
              "Step 3/4 : RUN echo out; echo err >&2",
              hit,
              hex,
              "Step 4/4 : CMD \\[\"true\"\\]",
              hit,
              hex,
              "Successfully built [0-9a-f]{12}",
              "Successfully tagged console:latest"));
    }
  }

  @Test
  void build_onABaseThatIsMissing_tellsOfItsPull(RegistryProcess registry) {
    Image image = Image.from(registry.reference(TestImages.BUSYBOX)).env("A", "1");
    try (TestStore other = TestStore.empty();
        Engine engine = other.open(console)) {
      engine.build(image);
      String text = text();
      assertTrue(
          text.matches("(?s)Step 1/2 : FROM .*Pulling \\[.*Downloading \\[.*Step 2/2.*"), text);
    }
  }

  @Test
  void pushAndPull_ofALayer_tellItsWayAndEndWithDigestAndSize(RegistryProcess registry) {
    Image image = Image.from(TestImages.BUSYBOX).run("echo way > /way");
    String name = registry.reference("console/way:1");
    Pushed pushed;
    try (Engine engine = store.open(console)) {
      engine.build(image, build -> build.tag(name));
      bytes.reset();
      pushed = engine.push(name);
      String text = text();
      assertTrue(
          text.matches("(?s).*[0-9a-f]{12}: (Mounted from busybox|Layer already exists)\n.*"),
          text);
      assertTrue(text.matches("(?s).*[0-9a-f]{12}: Pushing \\[.+].*"), text);
      assertEquals(
          name + ": digest: " + pushed.digest() + " size: " + pushed.size().bytes(), last(text));
    }
    bytes.reset();
    try (TestStore other = TestStore.empty();
        Engine engine = other.open(console)) {
      engine.pull(name);
      String text = text();
      for (String word :
          List.of("Downloading \\[.+]", "Verifying Checksum", "Extracting", "Complete")) {
        assertTrue(text.matches("(?s).*[0-9a-f]{12}: " + word + "\n.*"), word + " in " + text);
      }
      assertTrue(last(text).startsWith("digest: " + pushed.digest() + " size: "), text);
    }
  }

  private void assertLines(List<String> patterns) {
    List<String> lines = text().lines().toList();
    int line = 0;
    for (String pattern : patterns) {
      boolean optional = pattern.endsWith("?");
      if (line < lines.size() && lines.get(line).matches(literal(pattern))) {
        line++;
      } else if (!optional) {
        assertEquals(pattern, line < lines.size() ? lines.get(line) : "(the end)", text());
      }
    }
    assertEquals(lines.size(), line, text());
  }

  /** Patterns of steps have a shell's own signs in them; these stand for themselves. */
  private static String literal(String pattern) {
    return pattern.startsWith("Step 3") ? "\\Q" + pattern + "\\E" : pattern;
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static String last(String text) {
    List<String> lines = text.lines().toList();
    return lines.get(lines.size() - 1);
  }
}
