package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import io.jollyboat.oci.Platform;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** The options of one build. A value. */
@CheckReturnValue
public final class BuildSpec {
  private static final BuildSpec DEFAULTS = new BuildSpec(new Options());

  private final Options options; // never changed once it is here

  private BuildSpec(Options options) {
    this.options = options;
  }

  /** No context, no tag, no arguments, the cache on, missing base images pulled. */
  public static BuildSpec defaults() {
    return DEFAULTS;
  }

  /**
   * The directory that COPY and ADD read, less what its {@code .dockerignore} names. A COPY without
   * a context fails before any step.
   */
  public BuildSpec context(Path directory) {
    return context(BuildContext.directory(directory));
  }

  /** What COPY and ADD read, less what its {@code .dockerignore} names. */
  public BuildSpec context(BuildContext context) {
    return with(changed -> changed.context = Optional.of(context));
  }

  /**
   * The Dockerfile to build, for {@link Engine#build(UnaryOperator)}.
   *
   * @param path inside the context; the default is {@code Dockerfile}
   */
  public BuildSpec dockerfile(String path) {
    return with(changed -> changed.dockerfile = Optional.of(path));
  }

  /**
   * The stage to build of that Dockerfile.
   *
   * @param stage its name or number; the default is the last one
   */
  public BuildSpec target(String stage) {
    return with(changed -> changed.target = Optional.of(stage));
  }

  /** A name for the result; may be called several times. */
  public BuildSpec tag(String reference) {
    return with(changed -> changed.tags.add(reference));
  }

  /** A build argument; one that no ARG declares is a warning. */
  public BuildSpec arg(String name, String value) {
    return with(changed -> changed.args.put(name, value));
  }

  /** A secret for {@code RUN --mount=type=secret}; missing ones fail before any step. */
  public BuildSpec secret(String id, Secret secret) {
    return with(changed -> changed.secrets.put(id, secret));
  }

  /**
   * The agent that {@code RUN --mount=type=ssh} reaches.
   *
   * @param agent its socket, as {@code SSH_AUTH_SOCK} names it
   */
  public BuildSpec ssh(Path agent) {
    return ssh("default", agent);
  }

  /** The agent that {@code RUN --mount=type=ssh,id=…} reaches. */
  public BuildSpec ssh(String id, Path agent) {
    return with(changed -> changed.agents.put(id, agent.toAbsolutePath()));
  }

  /** Lets steps do what they may not by default. */
  public BuildSpec allow(BuildPermission permission) {
    return with(changed -> changed.allowed.add(permission));
  }

  /**
   * What a name in {@code --from} and {@code from=} means: a directory, less what its {@code
   * .dockerignore} names.
   */
  public BuildSpec context(String name, Path directory) {
    return context(name, BuildContext.directory(directory));
  }

  /**
   * What a name in {@code --from} and {@code from=} means: files, less what their {@code
   * .dockerignore} names.
   */
  public BuildSpec context(String name, BuildContext context) {
    return with(
        changed -> {
          changed.images.remove(name);
          changed.contexts.put(name, context);
        });
  }

  /**
   * What a name in FROM, {@code --from} and {@code from=} means, whatever the text says. {@code
   * Image.from("oci-layout:///directory")} is the one image of an OCI image layout.
   */
  public BuildSpec context(String name, Image image) {
    return with(
        changed -> {
          changed.contexts.remove(name);
          changed.images.put(name, image);
        });
  }

  /** Runs every step, whatever the cache has. */
  public BuildSpec noCache() {
    return with(changed -> changed.noCache = true);
  }

  /** Runs every step of one stage. */
  public BuildSpec noCache(String stage) {
    return with(changed -> changed.noCacheStages.add(stage));
  }

  /**
   * Runs one step, the last of this image, whatever the cache has. Those after it follow from what
   * it gives:
   *
   * <pre>{@code
   * Image updated = base.run("apt-get update");
   * engine.build(updated.run("make"), build -> build.noCache(updated));
   * }</pre>
   */
  public BuildSpec noCache(Image upTo) {
    return with(changed -> changed.noCacheImages.add(upTo));
  }

  /**
   * Runs one step, whatever the cache has.
   *
   * @param number as {@link Progress.Step} and {@link StepExplanation} have it, from 1; that of a
   *     FROM means the triggers of its image
   */
  public BuildSpec noCacheStep(int number) {
    return with(changed -> changed.noCacheSteps.add(number));
  }

  /**
   * Takes steps that this store does not know from there. Where nothing is there yet nothing is
   * taken; where it cannot be read that is a warning.
   */
  public BuildSpec cacheFrom(CacheLocation location) {
    return with(changed -> changed.cacheFrom.add(location));
  }

  /**
   * Keeps all steps of the build there when it has succeeded, those of other stages too, in place
   * of what was there.
   */
  public BuildSpec cacheTo(CacheLocation location) {
    return with(changed -> changed.cacheTo.add(location));
  }

  /**
   * Has the image itself tell, when it is pushed, by which steps it was made: an annotation of its
   * manifest, for {@link #cacheFrom}. Those of other stages it copies from are not among them.
   */
  public BuildSpec inlineCache() {
    return with(changed -> changed.inlineCache = true);
  }

  /**
   * What each RUN is given: {@code steps(step -> step.memory(Size.mib(512)).host("db", address))}.
   */
  public BuildSpec steps(UnaryOperator<StepSpec> change) {
    return with(changed -> changed.steps = change.apply(changed.steps));
  }

  /** When base images are pulled; the default is {@link PullPolicy#MISSING}. */
  public BuildSpec pull(PullPolicy policy) {
    return with(changed -> changed.pull = policy);
  }

  /**
   * The time that files and images carry, as SOURCE_DATE_EPOCH: same inputs then give the same diff
   * ids and image id everywhere. Seconds count.
   */
  public BuildSpec timestamp(Instant time) {
    return with(changed -> changed.timestamp = Optional.of(time));
  }

  /** What the image is for; the default is this machine's platform. */
  public BuildSpec platform(Platform platform) {
    return platforms(platform);
  }

  /**
   * Builds for each of these, one after the other; a tag then names all of them, by an index, once
   * the last is done. Commands of another architecture run where the kernel knows an interpreter
   * for them (binfmt_misc). What the build gives is this machine's image, or else the first.
   */
  public BuildSpec platforms(Platform... platforms) {
    return with(
        changed -> changed.platforms = List.copyOf(new LinkedHashSet<>(List.of(platforms))));
  }

  public BuildSpec progress(Progress progress) {
    return with(changed -> changed.progress = Optional.of(progress));
  }

  public Optional<BuildContext> context() {
    return options.context;
  }

  public Optional<String> dockerfile() {
    return options.dockerfile;
  }

  public Optional<String> target() {
    return options.target;
  }

  public Set<String> tags() {
    return Collections.unmodifiableSet(options.tags);
  }

  public Map<String, String> args() {
    return Collections.unmodifiableMap(options.args);
  }

  public Map<String, Secret> secrets() {
    return Collections.unmodifiableMap(options.secrets);
  }

  /** Sockets of ssh agents by id. */
  public Map<String, Path> sshAgents() {
    return Collections.unmodifiableMap(options.agents);
  }

  public Set<BuildPermission> allowed() {
    return Collections.unmodifiableSet(options.allowed);
  }

  /** Named contexts that are files. */
  public Map<String, BuildContext> contexts() {
    return Collections.unmodifiableMap(options.contexts);
  }

  /** Named contexts that are images. */
  public Map<String, Image> images() {
    return Collections.unmodifiableMap(options.images);
  }

  /** Whether {@link #noCache()} was asked for. */
  public boolean cacheOff() {
    return options.noCache;
  }

  public Set<String> noCacheStages() {
    return Collections.unmodifiableSet(options.noCacheStages);
  }

  /** Images whose last step runs. */
  public Set<Image> noCacheImages() {
    return Collections.unmodifiableSet(options.noCacheImages);
  }

  /** Numbers of steps that run. */
  public Set<Integer> noCacheSteps() {
    return Collections.unmodifiableSet(options.noCacheSteps);
  }

  public StepSpec steps() {
    return options.steps;
  }

  /** Where {@link #cacheFrom(CacheLocation)} says, in that order. */
  public Set<CacheLocation> cacheFrom() {
    return Collections.unmodifiableSet(options.cacheFrom);
  }

  public Set<CacheLocation> cacheTo() {
    return Collections.unmodifiableSet(options.cacheTo);
  }

  /** Whether {@link #inlineCache()} was asked for. */
  public boolean hasInlineCache() {
    return options.inlineCache;
  }

  public PullPolicy pull() {
    return options.pull;
  }

  public Optional<Instant> timestamp() {
    return options.timestamp;
  }

  /**
   * Keeps a statement of how the image was built: recipe, arguments, base images and times, without
   * the values of secrets and proxies. See {@link Statement#PROVENANCE}.
   */
  public BuildSpec provenance() {
    return with(changed -> changed.provenance = true);
  }

  /**
   * Where the result goes besides the store; may be called several times.
   *
   * @see Output
   */
  public BuildSpec output(Output output) {
    return with(changed -> changed.outputs.add(output));
  }

  /**
   * An annotation of the image's manifest, which a push and a save write; images of the same id
   * have those of the latest build.
   */
  public BuildSpec annotation(String name, String value) {
    if (name.isBlank() || name.contains("=")) {
      throw new IllegalArgumentException(
          "an annotation has a name without \"=\", not \"" + name + "\"");
    }
    return with(changed -> changed.annotations.put(name, value));
  }

  public List<Output> outputs() {
    return List.copyOf(options.outputs);
  }

  public Map<String, String> annotations() {
    return Collections.unmodifiableMap(options.annotations);
  }

  /** Whether {@link #provenance()} was asked for. */
  public boolean isProvenanceKept() {
    return options.provenance;
  }

  /** Empty for this machine's. */
  public List<Platform> platforms() {
    return options.platforms;
  }

  public Optional<Progress> progress() {
    return options.progress;
  }

  private BuildSpec with(Consumer<Options> change) {
    Options copy = new Options(options);
    change.accept(copy);
    return new BuildSpec(copy);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BuildSpec that && options.values().equals(that.options.values());
  }

  @Override
  public int hashCode() {
    return options.values().hashCode();
  }

  @Override
  public String toString() {
    return "build "
        + options.tags
        + " with context "
        + options.context.map(BuildContext::toString).orElse("none");
  }

  private static final class Options {
    Optional<BuildContext> context = Optional.empty();
    Optional<String> dockerfile = Optional.empty();
    Optional<String> target = Optional.empty();
    final Set<String> tags;
    final Map<String, String> args;
    final Map<String, Secret> secrets;
    final Map<String, Path> agents;
    final Set<BuildPermission> allowed;
    final Map<String, BuildContext> contexts;
    final Map<String, Image> images;
    boolean noCache;
    final Set<String> noCacheStages;
    final Set<Image> noCacheImages;
    final Set<Integer> noCacheSteps;
    final Set<CacheLocation> cacheFrom;
    final Set<CacheLocation> cacheTo;
    boolean inlineCache;
    StepSpec steps = StepSpec.defaults();
    PullPolicy pull = PullPolicy.MISSING;
    boolean provenance;
    final Set<Output> outputs;
    final Map<String, String> annotations;
    Optional<Instant> timestamp = Optional.empty();
    List<Platform> platforms = List.of();
    Optional<Progress> progress = Optional.empty();

    Options() {
      tags = new LinkedHashSet<>();
      args = new LinkedHashMap<>();
      secrets = new LinkedHashMap<>();
      agents = new LinkedHashMap<>();
      allowed = EnumSet.noneOf(BuildPermission.class);
      contexts = new LinkedHashMap<>();
      images = new LinkedHashMap<>();
      noCacheStages = new LinkedHashSet<>();
      noCacheImages = new LinkedHashSet<>();
      noCacheSteps = new LinkedHashSet<>();
      cacheFrom = new LinkedHashSet<>();
      cacheTo = new LinkedHashSet<>();
      outputs = new LinkedHashSet<>();
      annotations = new TreeMap<>();
    }

    Options(Options from) {
      context = from.context;
      dockerfile = from.dockerfile;
      target = from.target;
      tags = new LinkedHashSet<>(from.tags);
      args = new LinkedHashMap<>(from.args);
      secrets = new LinkedHashMap<>(from.secrets);
      agents = new LinkedHashMap<>(from.agents);
      allowed = EnumSet.copyOf(from.allowed);
      contexts = new LinkedHashMap<>(from.contexts);
      images = new LinkedHashMap<>(from.images);
      noCache = from.noCache;
      noCacheStages = new LinkedHashSet<>(from.noCacheStages);
      noCacheImages = new LinkedHashSet<>(from.noCacheImages);
      noCacheSteps = new LinkedHashSet<>(from.noCacheSteps);
      cacheFrom = new LinkedHashSet<>(from.cacheFrom);
      cacheTo = new LinkedHashSet<>(from.cacheTo);
      inlineCache = from.inlineCache;
      steps = from.steps;
      pull = from.pull;
      provenance = from.provenance;
      outputs = new LinkedHashSet<>(from.outputs);
      annotations = new TreeMap<>(from.annotations);
      timestamp = from.timestamp;
      platforms = from.platforms;
      progress = from.progress;
    }

    List<Object> values() {
      List<Object> values = new ArrayList<>();
      Collections.addAll(
          values,
          context,
          dockerfile,
          target,
          tags,
          args,
          secrets,
          agents,
          allowed,
          contexts,
          images,
          noCache,
          noCacheStages,
          noCacheImages,
          noCacheSteps,
          cacheFrom,
          cacheTo,
          inlineCache,
          steps,
          pull,
          provenance,
          outputs,
          annotations,
          timestamp,
          platforms,
          progress);
      return values;
    }
  }
}
