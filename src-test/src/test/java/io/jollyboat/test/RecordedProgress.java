package io.jollyboat.test;

import io.jollyboat.ContainerId;
import io.jollyboat.ImageId;
import io.jollyboat.Progress;
import io.jollyboat.Size;
import io.jollyboat.oci.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Remembers what was told. Safe for use by several threads. */
public final class RecordedProgress implements Progress {
  private final List<Finished> finished = new ArrayList<>();
  private final List<Transfer> transfers = new ArrayList<>();
  private final List<ContainerId> ran = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> ended = new ArrayList<>();
  private final StringBuilder output = new StringBuilder();

  /** A step and how it ended. */
  public record Finished(Step step, ImageId image, boolean cached) {}

  @Override
  public synchronized void stepRunning(Step step, ContainerId container) {
    ran.add(container);
  }

  @Override
  public synchronized void stepOutput(Step step, String text) {
    output.append(text);
  }

  @Override
  public synchronized void stepFinished(Step step, ImageId image, boolean cached) {
    finished.add(new Finished(step, image, cached));
  }

  @Override
  public synchronized void transfer(Transfer transfer) {
    transfers.add(transfer);
  }

  @Override
  public synchronized void transferFinished(
      String reference, boolean push, Digest digest, Size size) {
    ended.add(digest + " " + size.bytes());
  }

  @Override
  public synchronized void warning(String message) {
    warnings.add(message);
  }

  public synchronized List<Finished> finished() {
    return List.copyOf(finished);
  }

  /** The texts of the steps that were not taken from the cache. */
  public synchronized List<String> executed() {
    return finished.stream()
        .filter(step -> !step.cached())
        .map(step -> step.step().text())
        .toList();
  }

  /** How many steps ran in a container. */
  public synchronized int containers() {
    return ran.size();
  }

  public synchronized String output() {
    return output.toString();
  }

  public synchronized List<String> warnings() {
    return List.copyOf(warnings);
  }

  public synchronized List<Transfer> transfers() {
    return List.copyOf(transfers);
  }

  /** Digest and size of each manifest that a pull or push ended with. */
  public synchronized List<String> ended() {
    return List.copyOf(ended);
  }

  /** The layers of which a phase was told. */
  public synchronized Set<Digest> layers(Phase phase) {
    return transfers.stream()
        .filter(one -> one.phase() == phase)
        .map(Transfer::layer)
        .collect(Collectors.toSet());
  }
}
