package io.jollyboat;

import java.util.ArrayList;
import java.util.List;

/** A step of a build that has started, and the end of what it prints. */
final class RunningStep {
  private static final int TAIL = 5;

  private final String title;
  private final long since = System.nanoTime();
  private final OutputLines output = new OutputLines(TAIL);

  RunningStep(Progress.Step step) {
    String stage = step.stage().isEmpty() ? "" : step.stage() + " ";
    this.title =
        OutputLines.plain(
            "[" + stage + step.number() + "/" + step.count() + "] " + firstLine(step.text()));
  }

  private static String firstLine(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end) + " ...";
  }

  void output(String text) {
    output.add(text);
  }

  String title() {
    return title;
  }

  String line(TerminalStyle style) {
    return style.line(TerminalStyle.seconds(since), title);
  }

  List<String> lines(TerminalStyle style) {
    List<String> lines = new ArrayList<>(List.of(line(style)));
    lines.addAll(output(style));
    return lines;
  }

  List<String> output(TerminalStyle style) {
    return output.last().stream().map(style::output).toList();
  }
}
