package io.jollyboat.build;

import io.jollyboat.dockerfile.DockerIgnore;
import io.jollyboat.dockerfile.RunMount;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.spi.host.MergedTree;
import io.jollyboat.spi.host.StepRequest.StepMount.Content;
import io.jollyboat.spi.host.TreeEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a bind mount of RUN shows: a directory or file of a context, a stage or an image. Not safe
 * for use by several threads.
 */
abstract class BoundSource {
  private final String path;
  private final String where;

  private BoundSource(String path, String where) {
    this.path = path;
    this.where = where;
  }

  static BoundSource of(StepBase base, RunMount mount, StageSources.Named stages) {
    Optional<String> from = mount.from();
    String path = TreePath.clean(mount.source().orElse("/"));
    if (from.isEmpty()) {
      return new OfContext(path, "the build context", base.build().requiredContext());
    }
    Optional<OpenContext> named = from.flatMap(stages::directory);
    return named.isPresent()
        ? new OfContext(path, "the context " + from.get(), named.get())
        : new OfImage(path, from.get(), base.build(), stages.config(from.get()));
  }

  /** The digest of what it holds. */
  abstract String sum() throws IOException;

  /** What can be mounted as it is, when it would show what the digest is of and nothing else. */
  abstract Optional<Content> shown();

  /**
   * @throws IOException what was shown has changed meanwhile
   */
  abstract void verify() throws IOException;

  abstract boolean isDirectory();

  /** Copies it; links lead nowhere else. */
  abstract Path copied(LayerTrees trees, Path directory) throws IOException;

  String path() {
    return path;
  }

  String where() {
    return where;
  }

  String sum(MergedTree tree, FileDigests digests, boolean hostile) {
    KeyText content = new KeyText();
    item(tree, digests, hostile).describe(content);
    return content.digest().toString();
  }

  Item item(MergedTree tree, FileDigests digests, boolean hostile) {
    TreeEntry unused = entry(tree);
    return new Selection(tree, digests, DockerIgnore.none(), false, hostile).exactly(path);
  }

  TreeEntry entry(MergedTree tree) {
    return tree.find(tree.resolve(path))
        .orElseThrow(() -> new IllegalArgumentException("\"" + path + "\" is not in " + where));
  }

  boolean isDirectory(MergedTree tree) {
    return entry(tree).kind() == TreeEntry.Kind.DIRECTORY;
  }

  /**
   * Somebody may change it while the command runs: then the command has seen something else than
   * its key says, and its result is not kept.
   */
  private static final class OfContext extends BoundSource {
    private final OpenContext context;
    private String sum = ""; // that the step's key has

    OfContext(String path, String where, OpenContext context) {
      super(path, where);
      this.context = context;
    }

    @Override
    String sum() {
      sum = sum(context.tree(), context.digests(), true);
      return sum;
    }

    /** Mounted by the path below the context's root, which the kernel keeps inside it. */
    @Override
    Optional<Content> shown() {
      ContextTree tree = context.tree();
      String resolved = tree.resolve(path());
      if (!isDirectory() || !tree.isAsItLies(resolved)) {
        return Optional.empty();
      }
      return Optional.of(new Content.Bind(tree.root(), resolved));
    }

    @Override
    void verify() throws IOException {
      ContextTree now = context.again();
      String found =
          now.find(now.resolve(path())).isEmpty() ? "" : sum(now, context.digests(), true);
      if (!found.equals(sum)) {
        throw changed("while the command ran");
      }
    }

    private IOException changed(String when) {
      return new IOException(
          "\"" + path() + "\" of " + where() + " was changed " + when + ": build again");
    }

    @Override
    boolean isDirectory() {
      return isDirectory(context.tree());
    }

    @Override
    Path copied(LayerTrees trees, Path directory) throws IOException {
      Item item = item(context.tree(), context.digests(), true);
      KeyText now = new KeyText();
      item.describe(now);
      if (!sum.isEmpty() && !now.digest().toString().equals(sum)) {
        throw changed("before the command ran");
      }
      return TreeCopy.write(item, trees, directory);
    }
  }

  /** Layers never change, and their digests are told by their names. */
  private static final class OfImage extends BoundSource {
    private final Build build;
    private final ImageConfig image;

    OfImage(String path, String where, Build build, ImageConfig image) {
      super(path, where);
      this.build = build;
      this.image = image;
    }

    private MergedTree tree() {
      return build.trees().merge(build.store().layersTopFirst(image));
    }

    @Override
    String sum() throws IOException {
      KeyText question = new KeyText().add("version", "1").add("bound", path());
      image.diffIds().forEach(layer -> question.add("layer", layer.toString()));
      Digest asked = question.digest();
      ContentSums sums = new ContentSums(build.store().root());
      Optional<String> known = sums.find(asked);
      if (known.isPresent()) {
        return known.get();
      }
      try (MergedTree tree = tree()) {
        String sum = sum(tree, FileDigests.BY_READING, false);
        sums.put(asked, sum);
        return sum;
      }
    }

    @Override
    Optional<Content> shown() {
      try (MergedTree tree = tree()) {
        return isDirectory(tree)
            ? Optional.of(
                new Content.Layers(build.store().layersTopFirst(image), tree.resolve(path())))
            : Optional.empty();
      }
    }

    @Override
    void verify() {}

    @Override
    boolean isDirectory() {
      try (MergedTree tree = tree()) {
        return isDirectory(tree);
      }
    }

    @Override
    Path copied(LayerTrees trees, Path directory) throws IOException {
      try (MergedTree tree = tree()) {
        return TreeCopy.write(item(tree, FileDigests.BY_READING, false), trees, directory);
      }
    }
  }
}
