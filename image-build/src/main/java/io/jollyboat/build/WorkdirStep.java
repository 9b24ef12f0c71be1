package io.jollyboat.build;

import io.jollyboat.Progress;
import io.jollyboat.dockerfile.Workdir;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import java.util.List;
import java.util.Optional;

/** WORKDIR: the directory is made, in a layer of its own, unless it is there. */
final class WorkdirStep implements StepWork {
  private final StepBase base;
  private final Workdir instruction;
  private final ConfigChange change;
  private final String createdBy;

  /**
   * @param instruction expanded
   */
  WorkdirStep(StepBase base, Workdir instruction, ConfigChange change, String createdBy) {
    this.base = base;
    this.instruction = instruction;
    this.change = change;
    this.createdBy = createdBy;
  }

  @Override
  public void describe(KeyText key) {
    key.add("instruction", "WORKDIR").add("path", change.directory(instruction));
  }

  @Override
  public ImageConfig execute(Progress.Step step) {
    return base.finished(change.visitWorkdir(instruction), layer(), createdBy);
  }

  private Optional<Digest> layer() {
    String path = change.directory(instruction);
    LayerPlan plan = new LayerPlan(base.tree(), marks());
    if (path.equals("/") || plan.isDirectoryAt(path)) {
      return Optional.empty();
    }
    plan.copy(new Item(true, List.of()), path, true);
    HostBase.checkWritable(base.config(), plan.pieces());
    return base.build().store().write(base.config().diffIds(), plan.pieces());
  }

  /** New directories are the user's. */
  private LayerPlan.Marks marks() {
    Optional<Accounts.Owner> owner = base.config().user().map(base.accounts()::owner);
    return new LayerPlan.Marks(
        owner, Optional.empty(), FileTimes.seconds(base.build().now()), false);
  }
}
