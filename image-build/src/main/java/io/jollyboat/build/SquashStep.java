package io.jollyboat.build;

import io.jollyboat.Progress;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.History;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageConfigBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All layers below as one. Of the history, which has as many entries with a layer as there are
 * layers, only the last has one afterwards. Not safe for use by several threads.
 */
final class SquashStep implements StepWork {
  private final StepBase base;

  SquashStep(StepBase base) {
    this.base = base;
  }

  @Override
  public void describe(KeyText key) {
    key.add("instruction", "SQUASH");
  }

  @Override
  public boolean replacesLayers() {
    return true;
  }

  @Override
  public ImageConfig execute(Progress.Step step) {
    ImageConfig config = base.config();
    Optional<Digest> layer = base.build().store().squash(config.diffIds());
    List<History> history = new ArrayList<>();
    config.history().forEach(entry -> history.add(entry.withoutLayer()));
    ImageConfigBuilder squashed = config.toBuilder().layers(List.of(), history);
    return base.finished(squashed, layer, step.text());
  }
}
