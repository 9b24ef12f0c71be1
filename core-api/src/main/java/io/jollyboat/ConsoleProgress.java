package io.jollyboat;

import io.jollyboat.oci.Digest;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;

/** The classic form of Docker's command line. Safe for use by several threads. */
final class ConsoleProgress implements Progress {
  private final PrintStream out;
  private final Map<Digest, Phase> said = new HashMap<>();
  private boolean lineOpen;

  ConsoleProgress(PrintStream out) {
    this.out = out;
  }

  @Override
  public synchronized void stepStarted(Step step) {
    line("Step " + step.number() + "/" + step.count() + " : " + step.text());
  }

  @Override
  public synchronized void stepRunning(Step step, ContainerId container) {
    line(" ---> Running in " + container.shortHex());
  }

  @Override
  public synchronized void stepOutput(Step step, String text) {
    if (!text.isEmpty()) {
      out.print(text);
      out.flush();
      lineOpen = !text.endsWith("\n");
    }
  }

  @Override
  public synchronized void stepFinished(Step step, ImageId image, boolean cached) {
    if (cached) {
      line(" ---> Using cache");
    }
    line(" ---> " + image.shortHex());
  }

  @Override
  public synchronized void built(ImageId image) {
    line("Successfully built " + image.shortHex());
  }

  @Override
  public synchronized void tagged(String reference) {
    line("Successfully tagged " + reference);
  }

  @Override
  public synchronized void transferStarted(String reference, boolean push) {
    said.clear();
    line((push ? "The push refers to repository [" : "Pulling [") + reference + "]");
  }

  @Override
  public synchronized void transfer(Transfer transfer) {
    if (transfer.phase() == said.put(transfer.layer(), transfer.phase())) {
      return; // more bytes of a phase that was said
    }
    line(transfer.layer().hex().substring(0, 12) + ": " + words(transfer));
  }

  private static String words(Transfer transfer) {
    return switch (transfer.phase()) {
      case WAITING -> "Waiting";
      case DOWNLOADING -> "Downloading [" + transfer.total() + "]";
      case VERIFYING -> "Verifying Checksum";
      case EXTRACTING -> "Extracting";
      case PUSHING -> "Pushing [" + transfer.total() + "]";
      case PRESENT -> "Layer already exists";
      case MOUNTED -> "Mounted from " + transfer.detail();
      case DONE -> "Complete";
    };
  }

  @Override
  public synchronized void transferFinished(
      String reference, boolean push, Digest digest, Size size) {
    line((push ? reference + ": " : "") + "digest: " + digest + " size: " + size.bytes());
  }

  @Override
  public synchronized void warning(String message) {
    line("[Warning] " + message);
  }

  private void line(String text) {
    if (lineOpen) {
      out.println();
      lineOpen = false;
    }
    out.println(text);
  }
}
