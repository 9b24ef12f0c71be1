package io.jollyboat.build;

import io.jollyboat.StoredImage;
import io.jollyboat.dockerfile.DockerIgnore;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.History;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageConfigBuilder;
import io.jollyboat.spi.host.MergedTree;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a step is built on. Closing it closes its merged tree, which is opened only when something
 * is looked for in it. Not safe for use by several threads.
 */
final class StepBase implements AutoCloseable {
  private static final String COMMENT = "jollyboat";

  private final Build build;
  private final StoredImage image;
  private final ImageConfig config;
  private @Nullable MergedTree tree;

  StepBase(Build build, StoredImage image, ImageConfig config) {
    this.build = build;
    this.image = image;
    this.config = config;
  }

  Build build() {
    return build;
  }

  StoredImage image() {
    return image;
  }

  /** Of the image, with what its stage adds before the first step. */
  ImageConfig config() {
    return config;
  }

  MergedTree tree() {
    MergedTree opened = tree;
    if (opened == null) {
      opened = build.trees().merge(build.store().layersTopFirst(config));
      tree = opened;
    }
    return opened;
  }

  /** The users of the image; on this machine's programs those of this machine. */
  Accounts accounts() {
    return HostBase.isOn(config)
        ? new Accounts(() -> new ContextTree(Path.of("/"), DockerIgnore.none()))
        : new Accounts(this::tree);
  }

  /**
   * The configuration with one more entry of the history.
   *
   * @param layer empty: the step changed the configuration alone
   */
  ImageConfig finished(ImageConfigBuilder changed, Optional<Digest> layer, String createdBy) {
    History entry =
        (layer.isPresent()
                ? History.of(build.now(), createdBy)
                : History.empty(build.now(), createdBy))
            .withComment(COMMENT);
    if (layer.isPresent()) {
      changed.layer(layer.get(), entry);
    } else {
      changed.history(entry);
    }
    return changed.created(build.now()).build();
  }

  @Override
  public void close() {
    if (tree != null) {
      tree.close();
      tree = null;
    }
  }
}
