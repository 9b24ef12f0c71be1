package io.jollyboat.build;

import io.jollyboat.ContainerId;
import io.jollyboat.ImageId;
import io.jollyboat.Progress;
import io.jollyboat.StoredImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a build tells a listener, and its result. */
final class Events implements Progress {
  Optional<StoredImage> result = Optional.empty();
  final List<Step> steps = new ArrayList<>();
  final List<Boolean> cached = new ArrayList<>();
  final List<ImageId> ids = new ArrayList<>();
  final List<String> warnings = new ArrayList<>();
  final List<String> lines = new ArrayList<>();
  final StringBuilder output = new StringBuilder();

  @Override
  public void stepStarted(Step step) {
    steps.add(step);
    lines.add("Step " + step.number() + "/" + step.count() + " : " + step.text());
  }

  @Override
  public void stepRunning(Step step, ContainerId container) {
    lines.add("running");
  }

  @Override
  public void stepOutput(Step step, String text) {
    output.append(text);
  }

  @Override
  public void stepFinished(Step step, ImageId id, boolean hit) {
    cached.add(hit);
    ids.add(id);
  }

  @Override
  public void warning(String message) {
    warnings.add(message);
  }

  @Override
  public void built(ImageId id) {
    lines.add("built");
  }

  @Override
  public void tagged(String reference) {
    lines.add("tagged " + reference);
  }

  StoredImage image() {
    return result.orElseThrow();
  }

  /** The numbers of the steps that ran, FROM apart. */
  List<Integer> ran() {
    List<Integer> ran = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      if (!cached.get(i) && !steps.get(i).text().startsWith("FROM")) {
        ran.add(steps.get(i).number());
      }
    }
    return ran;
  }
}
