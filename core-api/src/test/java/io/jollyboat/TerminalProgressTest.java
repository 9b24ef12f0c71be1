package io.jollyboat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jollyboat.Progress.Phase;
import io.jollyboat.Progress.Step;
import io.jollyboat.Progress.Transfer;
import io.jollyboat.oci.Digest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalProgressTest {
  private static final ImageId ID =
      new ImageId(Digest.ofSha256("8396e01c1abc".repeat(6).substring(0, 64)));
  private static final Step ONE = new Step(1, 4, "web", "FROM busybox");
  private static final Step TWO = new Step(2, 4, "web", "RUN npm install");
  private static final Step OTHER = new Step(3, 4, "docs", "RUN <<EOF\nmake\nEOF");

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TerminalProgress progress =
      new TerminalProgress(
          new PrintStream(bytes, true, StandardCharsets.UTF_8), new TerminalStyle(false, 24));

  /** What stands on a terminal that knows the sequences which are used here. */
  private static List<String> screen(String written) {
    List<StringBuilder> lines = new ArrayList<>(List.of(new StringBuilder()));
    int row = 0;
    int at = 0;
    while (at < written.length()) {
      char c = written.charAt(at++);
      if (c == '\u001b') {
        int end = at + 1;
        while (!Character.isLetter(written.charAt(end))) {
          end++;
        }
        String sequence = written.substring(at, end + 1);
        at = end + 1;
        switch (sequence) {
          case "[J" -> {
            lines.subList(row + 1, lines.size()).clear();
            lines.get(row).setLength(0);
          }
          case "[?7l", "[?7h" -> {}
          default -> {
            assertTrue(sequence.endsWith("A"), sequence);
            row -= Integer.parseInt(sequence.substring(1, sequence.length() - 1));
            assertTrue(row >= 0, "above the first line");
          }
        }
      } else if (c == '\n') {
        row++;
        if (row == lines.size()) {
          lines.add(new StringBuilder());
        }
      } else if (c != '\r') {
        lines.get(row).append(c);
      }
    }
    return lines.stream().map(StringBuilder::toString).filter(line -> !line.isEmpty()).toList();
  }

  private List<String> screen() {
    return screen(bytes.toString(StandardCharsets.UTF_8)).stream()
        .map(line -> line.replaceAll("\\d+\\.\\ds", "0.0s"))
        .toList();
  }

  /** Waits for the thread that draws. */
  private void awaitScreen(List<String> wanted) throws InterruptedException {
    for (int i = 0; i < 1000 && !screen().equals(wanted); i++) {
      Thread.sleep(10);
    }
    assertEquals(wanted, screen());
  }

  @Test
  void steps_ofTwoStages_areSeenAtOnceWithWhatTheyPrint() throws Exception {
    progress.stepStarted(ONE);
    progress.stepFinished(ONE, ID, true);
    progress.stepStarted(TWO);
    progress.stepStarted(OTHER);
    progress.stepOutput(TWO, "added 1\nadd");
    progress.stepOutput(OTHER, "10%\r20%\r");
    awaitScreen(
        List.of(
            " cached [web 1/4] FROM busybox",
            "   0.0s [web 2/4] RUN npm install",
            "          added 1",
            "          add",
            "   0.0s [docs 3/4] RUN <<EOF ...",
            "          20%"));
    progress.stepFinished(OTHER, ID, false);
    progress.stepFinished(TWO, ID, false);
    progress.built(ID);
    progress.tagged("web:latest");
    progress.operationEnded();
    assertEquals(
        List.of(
            " cached [web 1/4] FROM busybox",
            "   0.0s [docs 3/4] RUN <<EOF ...",
            "   0.0s [web 2/4] RUN npm install",
            "  built 8396e01c1abc",
            " tagged web:latest"),
        screen());
  }

  @Test
  void operationEnded_withAStepThatHasNot_keepsTheEndOfItsOutput() {
    progress.stepStarted(TWO);
    for (int i = 0; i < 20; i++) {
      progress.stepOutput(TWO, "line " + i + "\r\n");
    }
    progress.operationEnded();
    assertEquals(
        List.of(
            "stopped [web 2/4] RUN npm install",
            "          line 15",
            "          line 16",
            "          line 17",
            "          line 18",
            "          line 19"),
        screen());
  }

  @Test
  void stepOutput_withControlSequences_cannotMoveTheCursor() {
    progress.stepStarted(TWO);
    progress.stepOutput(
        TWO, "\u001b[2J\u001b[1;1Hred\u001b[31m \u009b5Agreen\u001b]0;title\u0007\b\b!");
    progress.stepOutput(TWO, "\u001b]0;no end\n\u202eright to left\u001b");
    progress.operationEnded();
    assertEquals(
        List.of(
            "stopped [web 2/4] RUN npm install",
            "          red 5Agreen!",
            "          right to left"),
        screen());
  }

  @Test
  void transfer_ofLayers_showsBarsUntilItEnds() throws Exception {
    Digest layer = Digest.ofSha256("ab".repeat(32));
    progress.transferStarted("busybox:latest", false);
    progress.transfer(transfer(layer, Phase.DOWNLOADING, 500_000));
    awaitScreen(
        List.of(
            "   0.0s pull busybox:latest",
            "        abababababab [===============               ] 500kB of 1MB"));
    progress.transfer(transfer(layer, Phase.EXTRACTING, 1_000_000));
    awaitScreen(List.of("   0.0s pull busybox:latest", "        abababababab extracting"));
    progress.transfer(transfer(layer, Phase.DONE, 1_000_000));
    progress.transferFinished("busybox:latest", false, layer, new Size(3));
    progress.operationEnded();
    assertEquals(List.of("   0.0s pull busybox:latest " + layer), screen());
  }

  private static Transfer transfer(Digest layer, Phase phase, long done) {
    Size total = new Size(1_000_000);
    return new Transfer(layer, phase, new Size(done), total, new Size(done), total, "");
  }

  @Test
  void screen_moreThanItsRows_isCut() {
    TerminalStyle small = new TerminalStyle(true, 4);
    assertEquals(List.of("a", "b"), small.fitting(List.of("a", "b", "c")));
  }

  @Test
  void style_variables_sayColoursAndRows() {
    assertEquals(new TerminalStyle(true, 24), TerminalStyle.of(Map.of()));
    assertEquals(
        new TerminalStyle(false, 50), TerminalStyle.of(Map.of("NO_COLOR", "1", "LINES", "50")));
    assertEquals(new TerminalStyle(true, 24), TerminalStyle.of(Map.of("LINES", "many")));
  }

  @Test
  void terminal_ofAnotherStream_printsTheClassicForm() {
    Progress plain = Progress.terminal(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    assertTrue(plain.stagesInOrder());
    assertFalse(progress.stagesInOrder());
    plain.stepStarted(ONE);
    assertEquals("Step 1/4 : FROM busybox", bytes.toString(StandardCharsets.UTF_8).strip());
  }
}
