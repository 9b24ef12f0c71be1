package io.jollyboat.build;

import io.jollyboat.Progress;
import io.jollyboat.StepExplanation;
import io.jollyboat.StepExplanation.Change;
import io.jollyboat.StepExplanation.Input;
import io.jollyboat.build.KeyDifference.Lines;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Goes through a build's steps as far as the cache has their results, and does none. Not safe for
 * use by several threads.
 */
final class Explainer {
  private static final List<Change> CACHE_OFF = List.of(new Change(Input.CACHE_OFF, "", "", ""));

  private final Build build;
  private final List<BuildStage> stages;
  private final KeyDifference difference;
  private final List<StepExplanation> told = new ArrayList<>();
  private final Map<BuildStage, StageResult> results = new HashMap<>();
  private @Nullable List<String> earlier;

  Explainer(Build build, List<BuildStage> stages) {
    this.build = build;
    this.stages = stages;
    this.difference = new KeyDifference(new ContentLists(build.store().root()));
  }

  /** The result of a step that would have to be done is not known. */
  static final class UnknownResult extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Optional<String> stage;

    UnknownResult(Optional<String> stage) {
      super("not known before it is done", null, false, false);
      this.stage = stage;
    }
  }

  List<StepExplanation> run() {
    StageSources sources = new StageSources(build, stages, this::result);
    for (BuildStage stage : stages) {
      StageBuild.explain(build, stage, sources, this)
          .ifPresent(result -> results.put(stage, result));
    }
    return List.copyOf(told);
  }

  private StageResult result(BuildStage stage) {
    StageResult result = results.get(stage);
    if (result == null) {
      throw new UnknownResult(Optional.of(stage.name()));
    }
    return result;
  }

  /** How many steps it has been told of. */
  int count() {
    return told.size();
  }

  void cached(Progress.Step step) {
    told.add(new StepExplanation(step, true, List.of()));
  }

  /** A step that the cache does not have, or must not be asked for. */
  void missed(Progress.Step step, boolean cacheOff, KeyText inputs) throws IOException {
    told.add(new StepExplanation(step, false, cacheOff ? CACHE_OFF : changes(inputs)));
  }

  /** A step on one that has to be done. */
  void onUnknown(Progress.Step step) {
    told.add(new StepExplanation(step, false, List.of(new Change(Input.PARENT, "", "", ""))));
  }

  /** A step that reads what a stage would give. */
  void ofUnknown(Progress.Step step, UnknownResult unknown) {
    String stage = unknown.stage.orElse("");
    told.add(new StepExplanation(step, false, List.of(new Change(Input.SOURCE, stage, "", ""))));
  }

  private List<Change> changes(KeyText inputs) throws IOException {
    if (earlier == null) {
      earlier = build.store().earlierInputs();
    }
    Lines now = Lines.of(inputs.text());
    Optional<Lines> before = KeyDifference.closest(now, earlier);
    List<Change> found =
        before.isPresent() ? difference.between(before.get(), now, inputs) : List.<Change>of();
    return found.isEmpty() ? List.of(new Change(Input.NEW, "", "", "")) : found;
  }
}
