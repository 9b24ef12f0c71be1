package io.jollyboat.engine;

import io.jollyboat.CommitSpec;
import io.jollyboat.ContainerSpec;
import io.jollyboat.StoredImage;
import io.jollyboat.build.ConfigChanges;
import io.jollyboat.oci.ChainId;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.History;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageConfigBuilder;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.spi.host.FileLocks;
import io.jollyboat.spi.host.LayerTree;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.spi.host.MergedTree;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.store.ImageStore;
import io.jollyboat.store.Layer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes an image of what a container has written, as a list of steps. Immutable. */
final class ContainerCommit {
  private final ImageStore store;
  private final LayerTrees trees;

  ContainerCommit(ImageStore store, LayerTrees trees) {
    this.store = store;
    this.trees = trees;
  }

  /**
   * @param upper what was written, in overlayfs's form
   * @throws IllegalArgumentException for changes that no configuration can have
   */
  StoredImage commit(ContainerSpec container, StoredImage image, Path upper, CommitSpec options) {
    ImageConfig changed = ConfigChanges.apply(said(container, image.config()), options.changes());
    List<ImageReference> names = options.tags().stream().map(ImageReference::parse).toList();
    try (FileLocks.Lock lease = store.lease()) {
      Optional<Digest> layer = layer(image.config().diffIds(), upper);
      ImageConfig made = finished(changed, layer, container, options);
      return store.images().add(made, Optional.of(image.id()), names);
    }
  }

  /** The image's configuration with what the specification says differently. */
  private static ImageConfig said(ContainerSpec spec, ImageConfig config) {
    ImageConfigBuilder changed = config.toBuilder();
    spec.env().forEach(changed::env);
    spec.labels().forEach(changed::label);
    spec.workdir().ifPresent(changed::workingDir);
    spec.user().ifPresent(changed::user);
    spec.entrypoint()
        .ifPresent(words -> changed.entrypoint(words).cmd(spec.command().orElse(List.of())));
    spec.command().ifPresent(changed::cmd);
    spec.stopSignal().ifPresent(changed::stopSignal);
    if (!spec.ports().isEmpty()) {
      List<String> ports = new ArrayList<>(config.exposedPorts());
      spec.ports().forEach(port -> ports.add(port.containerPort() + "/tcp"));
      changed.exposedPorts(ports);
    }
    return changed.build();
  }

  private Optional<Digest> layer(List<Digest> below, Path upper) {
    Optional<ChainId> parent = below.isEmpty() ? Optional.empty() : Optional.of(ChainId.of(below));
    List<Path> lowers = new ArrayList<>();
    for (Layer layer : store.layers().chain(below)) {
      lowers.add(0, layer.tree());
    }
    return store
        .layers()
        .write(
            parent,
            visitor -> {
              try (LayerTree tree = trees.open(upper);
                  MergedTree image = trees.merge(lowers)) {
                tree.forEach((entry, content) -> visitor.visit(settled(entry, image), content));
              }
            })
        .map(Layer::diffId);
  }

  /** Overlayfs marks some directories as opaque that are only new: they hide nothing. */
  private static TreeEntry settled(TreeEntry entry, MergedTree image) throws IOException {
    boolean hides =
        image
            .find(entry.path())
            .filter(found -> found.kind() == TreeEntry.Kind.DIRECTORY)
            .isPresent();
    return entry.opaque() && !hides ? TreeEntry.directory(entry.path(), entry.attributes()) : entry;
  }

  private static ImageConfig finished(
      ImageConfig changed, Optional<Digest> layer, ContainerSpec spec, CommitSpec options) {
    Instant now = Instant.now();
    String createdBy = String.join(" ", spec.command().orElse(changed.cmd()));
    History entry =
        (layer.isPresent() ? History.of(now, createdBy) : History.empty(now, createdBy))
            .withComment(options.message().orElse(""))
            .withAuthor(options.author().orElse(""));
    ImageConfigBuilder made = changed.toBuilder().created(now);
    options.author().ifPresent(made::author);
    return (layer.isPresent() ? made.layer(layer.get(), entry) : made.history(entry)).build();
  }
}
