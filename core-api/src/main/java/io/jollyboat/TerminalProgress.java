package io.jollyboat;

import io.jollyboat.oci.Digest;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What runs now at the end of a terminal, and what has ended above. A daemon thread draws while
 * there is something to draw. Safe for use by several threads.
 */
final class TerminalProgress implements Progress {
  private static final long FRAME_MILLIS = 80;

  private final LiveScreen screen;
  private final TerminalStyle style;
  private final List<String> kept = new ArrayList<>();
  private final Map<Step, RunningStep> steps = new LinkedHashMap<>();
  private final Map<String, Long> transfers = new LinkedHashMap<>(); // to their start
  private final Map<Digest, Transfer> layers = new LinkedHashMap<>();
  private boolean drawing;

  TerminalProgress(PrintStream out) {
    this(out, TerminalStyle.of(System.getenv()));
  }

  TerminalProgress(PrintStream out, TerminalStyle style) {
    this.screen = new LiveScreen(out);
    this.style = style;
  }

  /** Whether a stream is this process's own and leads to a terminal that can move its cursor. */
  static boolean isTerminal(PrintStream out) {
    int descriptor = out == System.out ? 1 : out == System.err ? 2 : -1;
    String kind = System.getenv().getOrDefault("TERM", "");
    if (descriptor < 0 || kind.isEmpty() || kind.equals("dumb")) {
      return false;
    }
    try {
      String file = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return file.startsWith("/dev/pts/")
          || file.startsWith("/dev/tty")
          || file.equals("/dev/console");
    } catch (IOException e) {
      return false; // no such system
    }
  }

  @Override
  public boolean stagesInOrder() {
    return false;
  }

  @Override
  public synchronized void stepStarted(Step step) {
    steps.put(step, new RunningStep(step));
    draw();
  }

  @Override
  public synchronized void stepOutput(Step step, String text) {
    RunningStep running = steps.get(step);
    if (running != null) {
      running.output(text);
    }
  }

  @Override
  public synchronized void stepFinished(Step step, ImageId image, boolean cached) {
    RunningStep running = steps.remove(step);
    if (running != null) {
      keep(cached ? style.line("cached", running.title()) : running.line(style));
    }
  }

  @Override
  public synchronized void built(ImageId image) {
    keep(style.line("built", image.shortHex()));
  }

  @Override
  public synchronized void tagged(String reference) {
    keep(style.line("tagged", reference));
  }

  @Override
  public synchronized void transferStarted(String reference, boolean push) {
    transfers.put(title(reference, push), System.nanoTime());
    draw();
  }

  @Override
  public synchronized void transfer(Transfer transfer) {
    layers.put(transfer.layer(), transfer);
    draw();
  }

  @Override
  public synchronized void transferFinished(
      String reference, boolean push, Digest digest, Size size) {
    Long since = transfers.remove(title(reference, push));
    if (transfers.isEmpty()) {
      layers.clear();
    }
    String time = since == null ? "" : TerminalStyle.seconds(since);
    keep(style.line(time, title(reference, push) + " " + digest));
  }

  private static String title(String reference, boolean push) {
    return (push ? "push " : "pull ") + reference;
  }

  @Override
  public synchronized void warning(String message) {
    keep(style.line("warning", OutputLines.plain(message.replace('\n', ' '))));
  }

  /** What had not finished has failed, or was ended by what failed: it stays with its output. */
  @Override
  public synchronized void operationEnded() {
    for (RunningStep step : steps.values()) {
      kept.add(style.line("stopped", step.title()));
      kept.addAll(step.output(style));
    }
    transfers.keySet().forEach(transfer -> kept.add(style.line("stopped", transfer)));
    steps.clear();
    transfers.clear();
    layers.clear();
    frame();
  }

  private void keep(String line) {
    kept.add(line);
    draw();
  }

  /** Sees to it that somebody draws. */
  private void draw() {
    if (!drawing) {
      drawing = true;
      Thread drawer = new Thread(this::drawFrames, "jollyboat-progress");
      drawer.setDaemon(true);
      drawer.start();
    }
    notifyAll();
  }

  private synchronized void drawFrames() {
    try {
      while (!kept.isEmpty() || !steps.isEmpty() || !transfers.isEmpty()) {
        frame();
        wait(FRAME_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody's business: the next event starts another
    } finally {
      drawing = false;
    }
  }

  private void frame() {
    List<String> live = new ArrayList<>();
    steps.values().forEach(step -> live.addAll(step.lines(style)));
    transfers.forEach((title, since) -> live.add(style.line(TerminalStyle.seconds(since), title)));
    layers.values().forEach(layer -> style.bar(layer).ifPresent(live::add));
    screen.draw(kept, style.fitting(live));
    kept.clear();
  }
}
