package io.jollyboat.build;

import io.jollyboat.Progress;
import io.jollyboat.dockerfile.Instruction;
import io.jollyboat.oci.ImageConfig;
import java.util.Optional;

/** An instruction that changes the configuration alone. */
final class MetadataStep implements StepWork {
  private final StepBase base;
  private final Instruction instruction;
  private final ConfigChange change;
  private final String createdBy;

  /**
   * @param instruction expanded
   */
  MetadataStep(StepBase base, Instruction instruction, ConfigChange change, String createdBy) {
    this.base = base;
    this.instruction = instruction;
    this.change = change;
    this.createdBy = createdBy;
  }

  @Override
  public void describe(KeyText key) {
    InstructionKey.write(instruction, key);
    change.describe(instruction, key);
  }

  @Override
  public boolean isQuick() {
    return true;
  }

  @Override
  public ImageConfig execute(Progress.Step step) {
    return base.finished(change.apply(instruction), Optional.empty(), createdBy);
  }
}
