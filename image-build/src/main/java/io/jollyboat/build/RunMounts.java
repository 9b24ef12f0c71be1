package io.jollyboat.build;

import io.jollyboat.Secret;
import io.jollyboat.dockerfile.DockerIgnore;
import io.jollyboat.dockerfile.Heredoc;
import io.jollyboat.dockerfile.Run;
import io.jollyboat.dockerfile.RunMount;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.spi.host.FileNames;
import io.jollyboat.spi.host.MergedTree;
import io.jollyboat.spi.host.StepRequest.StepMount;
import io.jollyboat.spi.host.TreeEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code --mount} shows to one RUN, made when it starts and gone when it is closed. Not safe
 * for use by several threads.
 */
final class RunMounts implements AutoCloseable {
  private final StepBase base;
  private final StageSources.Named stages;
  private final List<StepMount> mounts = new ArrayList<>();
  private final Map<String, String> environment = new LinkedHashMap<>();
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  private RunMounts(StepBase base, StageSources.Named stages) {
    this.base = base;
    this.stages = stages;
  }

  /** Adds what the mounted parts of the context and of other images hold. */
  static void describe(StepBase base, Run run, StageSources.Named stages, KeyText key)
      throws IOException {
    for (RunMount mount : run.mounts()) {
      if (mount.type() == RunMount.Type.SSH) {
        throw new IllegalArgumentException("RUN --mount=type=ssh is not supported yet");
      }
      if (mount.type() == RunMount.Type.BIND) {
        try (BoundTree tree = BoundTree.open(base, mount, stages)) {
          KeyText content = new KeyText();
          tree.item().describe(content);
          key.add("mounted", content.digest().toString());
        }
      }
    }
  }

  static RunMounts open(StepBase base, Run run, StageSources.Named stages) throws IOException {
    RunMounts made = new RunMounts(base, stages);
    try {
      for (RunMount mount : run.mounts()) {
        made.add(mount);
      }
      if (run.script().isPresent()) {
        made.addScript(run.script().get());
      }
      return made;
    } catch (IOException | RuntimeException e) {
      made.close();
      throw e;
    }
  }

  List<StepMount> mounts() {
    return Collections.unmodifiableList(mounts);
  }

  /** Secrets that are asked for as variables. */
  Map<String, String> environment() {
    return Collections.unmodifiableMap(environment);
  }

  static String scriptPath(Heredoc script) {
    return "/dev/pipes/" + script.name();
  }

  private void add(RunMount mount) throws IOException {
    switch (mount.type()) {
      case BIND -> bind(mount);
      case CACHE -> cache(mount);
      case TMPFS -> mounts.add(new StepMount(Optional.empty(), target(mount), mount.readOnly()));
      case SECRET -> secret(mount);
      case SSH -> throw new IllegalArgumentException("RUN --mount=type=ssh is not supported yet");
    }
  }

  private String target(RunMount mount) {
    String written =
        mount
            .target()
            .orElseThrow(() -> new IllegalArgumentException("--mount=" + mount + " has no target"));
    String path = TreePath.absolute(base.config().workingDir().orElse("/"), written);
    if (path.equals("/")) {
      throw new IllegalArgumentException("--mount=" + mount + ": nothing is mounted over /");
    }
    return path;
  }

  /** A copy, so that what the command writes is discarded, and links lead nowhere else. */
  private void bind(RunMount mount) throws IOException {
    try (BoundTree tree = BoundTree.open(base, mount, stages)) {
      BuildStore.Changes place = base.build().store().begin();
      opened.push(place);
      Path copy = place.work().resolve("bind");
      Path shown = TreeCopy.write(tree.item(), base.build().trees(), copy);
      mounts.add(new StepMount(Optional.of(shown), target(mount), mount.readOnly()));
    }
  }

  private void cache(RunMount mount) throws IOException {
    String target = target(mount);
    String id = mount.id().orElse(target);
    CacheMounts.Held held = base.build().cacheMounts().take(id, mount.sharing());
    opened.push(held);
    if (held.isNew()) {
      fill(mount, held.directory());
    }
    mounts.add(new StepMount(Optional.of(held.directory()), target, mount.readOnly()));
  }

  private void fill(RunMount mount, Path directory) throws IOException {
    HostFiles.access(
        directory,
        number(mount, "mode", 8, 0755),
        number(mount, "uid", 10, 0),
        number(mount, "gid", 10, 0));
    if (mount.from().isPresent()) {
      throw new IllegalArgumentException(
          "--mount=" + mount + ": a cache that starts from a stage is not supported yet");
    }
  }

  private void secret(RunMount mount) throws IOException {
    String id = secretId(mount);
    Secret secret = base.build().spec().secrets().get(id);
    if (secret == null) {
      return; // one that is not required, or the build would not have begun
    }
    byte[] value = reveal(secret);
    if (mount.env().isPresent()) {
      environment.put(mount.env().get(), new String(value, StandardCharsets.UTF_8));
      if (mount.target().isEmpty()) {
        return;
      }
    }
    PrivateFiles place = PrivateFiles.create();
    opened.push(place);
    Path file = place.write("secret", value);
    HostFiles.access(
        file,
        number(mount, "mode", 8, 0400),
        number(mount, "uid", 10, 0),
        number(mount, "gid", 10, 0));
    String target =
        mount.target().isPresent() ? target(mount) : "/run/secrets/" + TreePath.name(id);
    mounts.add(new StepMount(Optional.of(file), target, true));
  }

  private static byte[] reveal(Secret secret) {
    try {
      return secret.reveal();
    } catch (IllegalStateException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** The id, or else the name of the file that is asked for. */
  static String secretId(RunMount mount) {
    return mount
        .id()
        .or(() -> mount.target().map(TreePath::name))
        .orElseThrow(
            () -> new IllegalArgumentException("--mount=" + mount + " has neither id nor target"));
  }

  private void addScript(Heredoc script) throws IOException {
    PrivateFiles place = PrivateFiles.create();
    opened.push(place);
    Path file = place.write("script", FileNames.encode(script.text()));
    HostFiles.access(file, 0755, 0, 0);
    mounts.add(new StepMount(Optional.of(file), scriptPath(script), true));
  }

  private static int number(RunMount mount, String option, int radix, int standard) {
    Optional<String> text = mount.option(option);
    try {
      return text.isEmpty() ? standard : Integer.parseInt(text.get(), radix);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--mount=" + mount + ": " + option + " is not a number", e);
    }
  }

  @Override
  public void close() {
    RuntimeException failure = null;
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        RuntimeException problem = new IllegalStateException("cannot clean up a mount", e);
        if (failure == null) {
          failure = problem;
        } else {
          failure.addSuppressed(problem);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** What a bind shows: a directory or file of the context, a stage or an image. */
  private record BoundTree(MergedTree tree, Item item) implements AutoCloseable {
    static BoundTree open(StepBase base, RunMount mount, StageSources.Named stages) {
      Optional<String> from = mount.from();
      String source = TreePath.clean(mount.source().orElse("/"));
      if (from.isPresent()) {
        ImageConfig image = stages.config(from.get());
        MergedTree tree = base.build().trees().merge(base.build().store().layersTopFirst(image));
        try {
          return of(tree, FileDigests.BY_READING, source, false, from.get());
        } catch (RuntimeException e) {
          tree.close();
          throw e;
        }
      }
      BuildContext context = base.build().requiredContext();
      return of(context.tree(), context.digests(), source, true, "the build context");
    }

    private static BoundTree of(
        MergedTree tree, FileDigests digests, String source, boolean hostile, String where) {
      Optional<TreeEntry> found = tree.find(tree.resolve(source));
      if (found.isEmpty()) {
        throw new IllegalArgumentException("\"" + source + "\" is not in " + where);
      }
      Selection selection = new Selection(tree, digests, DockerIgnore.none(), false, hostile);
      return new BoundTree(tree, selection.exactly(source));
    }

    @Override
    public void close() {
      tree.close();
    }
  }
}
