package io.jollyboat.build;

import io.jollyboat.Secret;
import io.jollyboat.Size;
import io.jollyboat.dockerfile.Heredoc;
import io.jollyboat.dockerfile.Run;
import io.jollyboat.dockerfile.RunMount;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.spi.host.FileNames;
import io.jollyboat.spi.host.StepRequest.StepMount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What {@code --mount} shows to one RUN, made when it starts and gone when it is closed. Not safe
 * for use by several threads.
 */
final class RunMounts implements AutoCloseable {
  private static final String SSH = "SSH_AUTH_SOCK";
  private static final List<String> OWNER = List.of("mode", "uid", "gid");

  private final StepBase base;
  private final StageSources.Named stages;
  private final List<StepMount> mounts = new ArrayList<>();
  private final Map<String, String> environment = new LinkedHashMap<>();
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Deque<BoundSource> sources = new ArrayDeque<>();
  private final List<BoundSource> shownAsTheyAre = new ArrayList<>();
  private final Map<String, Path> caches = new HashMap<>();

  private RunMounts(StepBase base, StageSources.Named stages) {
    this.base = base;
    this.stages = stages;
  }

  /**
   * Adds what the mounted parts of the context and of other images hold.
   *
   * @return these parts, in the order of the mounts, which are to be shown
   */
  static List<BoundSource> describe(StepBase base, Run run, StageSources.Named stages, KeyText key)
      throws IOException {
    List<BoundSource> sources = new ArrayList<>();
    for (RunMount mount : run.mounts()) {
      if (mount.type() == RunMount.Type.BIND) {
        BoundSource source = BoundSource.of(base, mount, stages);
        key.add("mounted", source.sum());
        sources.add(source);
      } else if (mount.from().isPresent() && stages.directory(mount.from().get()).isEmpty()) {
        // A cache that starts from a stage is no part of the key, but that stage must be done now.
        ImageConfig unused = stages.config(mount.from().get());
      }
    }
    return sources;
  }

  /**
   * @param sources what {@link #describe} gave
   */
  static RunMounts open(
      StepBase base, Run run, StageSources.Named stages, List<BoundSource> sources)
      throws IOException {
    RunMounts made = new RunMounts(base, stages);
    made.sources.addAll(sources);
    try {
      made.takeCaches(run);
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
      case TMPFS -> mounts.add(StepMount.tmpfs(target(mount), size(mount)));
      case SECRET -> secret(mount);
      case SSH -> ssh(mount);
    }
  }

  private static long size(RunMount mount) {
    return mount.option("size").map(Size::parse).map(Size::bytes).orElse(0L);
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

  /** What cannot be shown as it is, or is written to in vain, is a copy. */
  private void bind(RunMount mount) throws IOException {
    BoundSource source = sources.remove();
    Optional<StepMount.Content> shown =
        mount.readOnly() ? source.shown() : Optional.<StepMount.Content>empty();
    if (shown.isPresent()) {
      mounts.add(new StepMount(shown.get(), target(mount), true));
      shownAsTheyAre.add(source);
      return;
    }
    BuildStore.Changes place = base.build().store().begin();
    opened.push(place);
    Path copy = source.copied(base.build().trees(), place.work().resolve("bind"));
    mounts.add(StepMount.bind(copy, target(mount), mount.readOnly()));
  }

  /**
   * To be called when the command has ended.
   *
   * @throws IOException what it was shown is no longer what its key says
   */
  void verify() throws IOException {
    for (BoundSource source : shownAsTheyAre) {
      source.verify();
    }
  }

  /** In one order for all steps, so that two that lock the same never wait for each other. */
  private void takeCaches(Run run) throws IOException {
    List<RunMount> wanted =
        run.mounts().stream()
            .filter(mount -> mount.type() == RunMount.Type.CACHE)
            .sorted(Comparator.comparing(mount -> CacheMounts.name(cacheId(mount))))
            .toList();
    for (RunMount mount : wanted) {
      String id = cacheId(mount);
      if (!caches.containsKey(id)) {
        CacheMounts.Held held =
            base.build().cacheMounts().take(id, mount.sharing(), part -> start(mount, part));
        opened.push(held);
        caches.put(id, held.directory());
      }
    }
  }

  private String cacheId(RunMount mount) {
    return mount.id().orElseGet(() -> target(mount));
  }

  private void cache(RunMount mount) {
    Path directory = Objects.requireNonNull(caches.get(cacheId(mount)));
    mounts.add(StepMount.bind(directory, target(mount), mount.readOnly()));
  }

  /** Empty, or what a stage has. */
  private void start(RunMount mount, Path directory) throws IOException {
    base.build().trees().delete(directory); // of a process that ended too early
    boolean copied = mount.from().isPresent();
    if (copied) {
      BoundSource source = BoundSource.of(base, mount, stages);
      if (!source.isDirectory()) {
        throw new IllegalArgumentException("--mount=" + mount + ": a cache is a directory");
      }
      Path unused = source.copied(base.build().trees(), directory);
    } else {
      Files.createDirectory(directory);
    }
    if (!copied || OWNER.stream().anyMatch(mount.options()::containsKey)) {
      HostFiles.access(
          directory,
          number(mount, "mode", 8, 0755),
          number(mount, "uid", 10, 0),
          number(mount, "gid", 10, 0));
    }
  }

  /** Nothing where the caller names no agent: the step may not need it. */
  private void ssh(RunMount mount) throws IOException {
    Path agent = base.build().spec().sshAgents().get(agentId(mount));
    if (agent == null) {
      return;
    }
    PrivateFiles place = PrivateFiles.create();
    opened.push(place);
    Path socket = place.path("agent");
    opened.push(AgentRelay.start(agent, socket));
    HostFiles.access(
        socket,
        number(mount, "mode", 8, 0600),
        number(mount, "uid", 10, 0),
        number(mount, "gid", 10, 0));
    String target =
        mount.target().isPresent()
            ? target(mount)
            : "/run/buildkit/ssh_agent." + (environment.containsKey(SSH) ? mounts.size() : 0);
    environment.putIfAbsent(SSH, target);
    mounts.add(StepMount.bind(socket, target, false));
  }

  static String agentId(RunMount mount) {
    return mount.id().orElse("default");
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
    mounts.add(StepMount.bind(file, target, true));
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
    mounts.add(StepMount.bind(file, scriptPath(script), true));
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
}
