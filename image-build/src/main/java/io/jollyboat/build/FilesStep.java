package io.jollyboat.build;

import io.jollyboat.FileSet;
import io.jollyboat.Progress;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Files of the program as a layer: no times, directories 0755. Not safe for use by several threads.
 */
final class FilesStep implements StepWork {
  private final StepBase base;
  private final FileSet files;
  private @Nullable List<SetFiles.Placed> placed;

  FilesStep(StepBase base, FileSet files) {
    this.base = base;
    this.files = files;
  }

  /** For people. */
  static String summary(FileSet files) {
    return files.items().stream().map(FileSet.Item::destination).collect(Collectors.joining(" "));
  }

  @Override
  public void describe(KeyText key) throws IOException {
    key.add("instruction", "FILES").add("owner", files.owner());
    placed = SetFiles.of(files);
    for (SetFiles.Placed one : placed) {
      key.add("destination", one.destination());
      one.item().describe(key);
    }
  }

  @Override
  public ImageConfig execute(Progress.Step step) throws IOException {
    LayerPlan.Marks marks =
        new LayerPlan.Marks(
            Optional.of(base.accounts().owner(files.owner())),
            Optional.empty(),
            Instant.EPOCH,
            false);
    LayerPlan plan = new LayerPlan(base.tree(), marks);
    List<SetFiles.Placed> all = placed == null ? List.of() : placed;
    for (SetFiles.Placed one : all) {
      if (!one.item().intoDirectory() && plan.isDirectoryAt(one.destination())) {
        throw new IllegalArgumentException(
            one.destination() + " is a directory in the image: a file cannot take its place");
      }
      plan.copy(one.item(), one.destination(), false);
    }
    HostBase.checkWritable(base.config(), plan.pieces());
    Optional<Digest> layer =
        base.build().store().write(base.config().diffIds(), List.copyOf(plan.pieces()));
    return base.finished(base.config().toBuilder(), layer, "FILES " + summary(files));
  }
}
