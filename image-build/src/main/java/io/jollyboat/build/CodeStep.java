package io.jollyboat.build;

import io.jollyboat.FileStep;
import io.jollyboat.Image;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.Progress;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.spi.host.EditableTree;
import java.io.IOException;
import java.util.Optional;

/**
 * Java code that changes files: what it leaves becomes a layer as what a command leaves does. Not
 * safe for use by several threads.
 */
final class CodeStep implements StepWork {
  private final StepBase base;
  private final Image.Step.Code step;

  CodeStep(StepBase base, Image.Step.Code step) {
    this.base = base;
    this.step = step;
  }

  @Override
  public void describe(KeyText key) {
    key.add("instruction", "STEP").add("key", step.key());
  }

  @Override
  public boolean runsCallersCode() {
    return true;
  }

  @Override
  public ImageConfig execute(Progress.Step told) throws IOException {
    BuildStore store = base.build().store();
    try (BuildStore.Changes changes = store.begin()) {
      try (EditableTree tree =
              base.build()
                  .trees()
                  .edit(store.layersTopFirst(base.config()), changes.diff(), changes.work());
          ImageFiles files = new ImageFiles(tree, base.config(), base.build().now())) {
        run(step.code(), files);
      }
      Optional<Digest> layer = changes.commit(base.config().diffIds(), base.build().latest());
      return base.finished(base.config().toBuilder(), layer, step.toString());
    }
  }

  private static void run(FileStep code, ImageFiles files) {
    try {
      code.run(files);
    } catch (InterruptedOperationException e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedOperationException("the build was interrupted", e);
    } catch (Exception e) {
      throw new CodeFailure(e);
    }
  }
}
