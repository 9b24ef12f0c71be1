package io.jollyboat.build;

import io.jollyboat.BuildSpec;
import io.jollyboat.Image;
import io.jollyboat.Progress;
import io.jollyboat.StepExplanation;
import io.jollyboat.StoredImage;
import io.jollyboat.dockerfile.DockerIgnore;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Platform;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.spi.host.StepRunner;
import io.jollyboat.store.ImageStore;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Builds images, each step from the cache where it can be. Safe for use by several threads.
 *
 * <p>A stage's step becomes a key: the digest of what it is built on ({@link ResultKey}), what the
 * instruction says, and what it reads. An image that the cache has for the key is the step's
 * result; otherwise the step is done, and its image remembered.
 */
public final class ImageBuilder {
  private final BuildStore store;
  private final LayerTrees trees;
  private final StepRunner runner;
  private final BaseImages bases;
  private final Supplier<String> hostKey;
  private final WebSource web;
  private final RemoteCaches caches;
  private final CacheMounts cacheMounts;
  private final DirectoryDigests digests;

  /**
   * @param hostKey names the state of this machine's programs, for steps on {@link Image#host()}
   */
  public ImageBuilder(
      ImageStore store,
      LayerTrees trees,
      StepRunner runner,
      BaseImages bases,
      WebSource web,
      RemoteCaches caches,
      Supplier<String> hostKey) {
    this(new LocalStore(store), trees, runner, bases, web, caches, hostKey);
  }

  ImageBuilder(
      BuildStore store,
      LayerTrees trees,
      StepRunner runner,
      BaseImages bases,
      WebSource web,
      RemoteCaches caches,
      Supplier<String> hostKey) {
    this.web = web;
    this.caches = caches;
    this.store = store;
    this.trees = trees;
    this.runner = runner;
    this.bases = bases;
    this.hostKey = hostKey;
    this.cacheMounts = new CacheMounts(store.root(), store.locks(), trees);
    this.digests = new DirectoryDigests(store.root());
  }

  /** The directories that outlive the commands which see them. */
  public CacheMounts cacheMounts() {
    return cacheMounts;
  }

  /**
   * Builds an image and names it.
   *
   * @throws io.jollyboat.BuildException a step failed, or cannot be done
   * @throws io.jollyboat.ImageNotFoundException a base image is nowhere
   * @throws io.jollyboat.dockerfile.DockerfileSyntaxException a variable of a FROM line is wrong
   * @throws io.jollyboat.InterruptedOperationException the thread was interrupted
   */
  public StoredImage build(Image image, BuildSpec options, Progress progress) {
    return build(contexts -> contexts.recipe(image), options, progress);
  }

  /** Builds the Dockerfile of the context, and names the image. */
  public StoredImage build(BuildSpec options, Progress progress) {
    return build(Contexts::dockerfile, options, progress);
  }

  private StoredImage build(
      Function<Contexts, Image> recipe, BuildSpec options, Progress progress) {
    Outputs.check(options);
    List<ImageReference> names = options.tags().stream().map(ImageReference::parse).toList();
    boolean one = options.platforms().size() < 2;
    Set<RemoteCaches.Step> steps = new LinkedHashSet<>();
    try (BuildStore.Lease held = store.lease()) {
      List<StoredImage> images =
          each(
              recipe,
              options,
              progress,
              (build, stages) -> {
                Instant started = Instant.now();
                StageResult result = new StageRuns(build, stages, progress).run();
                StoredImage made =
                    Outputs.isCacheOnly(options)
                        ? result.image()
                        : finish(result, one ? names : List.of(), progress);
                store.annotate(made.id(), options.annotations());
                if (build.spec().isProvenanceKept()) {
                  Provenance provenance = new Provenance(build, stages, started);
                  store.keepProvenance(made.id(), provenance.predicate(made.id()));
                }
                tellSteps(made, build);
                steps.addAll(build.steps());
                return made;
              });
      StoredImage image = one ? images.get(0) : store.tag(images, names);
      if (!one) {
        names.forEach(name -> progress.tagged(name.toString()));
      }
      options.cacheTo().forEach(to -> caches.write(to, List.copyOf(steps), progress));
      return image;
    }
  }

  /**
   * What a build would take from the cache, and why not the rest. Nothing is executed; base images
   * that the store lacks are pulled, and sources of ADD read, as a build would.
   *
   * @throws io.jollyboat.BuildException a step cannot be done
   * @throws io.jollyboat.ImageNotFoundException a base image is nowhere
   * @throws io.jollyboat.InterruptedOperationException the thread was interrupted
   */
  public List<StepExplanation> explain(Image image, BuildSpec options, Progress progress) {
    return explain(contexts -> contexts.recipe(image), options, progress);
  }

  /** The same of the Dockerfile of the context. */
  public List<StepExplanation> explain(BuildSpec options, Progress progress) {
    return explain(Contexts::dockerfile, options, progress);
  }

  private List<StepExplanation> explain(
      Function<Contexts, Image> recipe, BuildSpec options, Progress progress) {
    return each(recipe, options, progress, (build, stages) -> new Explainer(build, stages).run())
        .stream()
        .flatMap(List::stream)
        .toList();
  }

  /** For each platform; the context and the text are read once. */
  private <T> List<T> each(
      Function<Contexts, Image> recipe,
      BuildSpec options,
      Progress progress,
      BiFunction<Build, List<BuildStage>, T> action) {
    BuildSpec spec = withEpoch(options);
    try (BuildStore.Lease held = store.lease();
        Contexts contexts = new Contexts(spec, store, trees, digests, progress)) {
      Image image = recipe.apply(contexts);
      List<Platform> platforms =
          spec.platforms().isEmpty() ? List.of(Platform.current()) : spec.platforms();
      List<T> results = new ArrayList<>();
      for (Platform platform : platforms) {
        results.add(one(image, platform, spec, contexts, progress, action));
      }
      return results;
    }
  }

  private <T> T one(
      Image image,
      Platform platform,
      BuildSpec spec,
      Contexts contexts,
      Progress progress,
      BiFunction<Build, List<BuildStage>, T> action) {
    String target = image.stageName().orElse("default");
    Map<String, String> arguments = new LinkedHashMap<>(PlatformArguments.of(platform, target));
    arguments.putAll(spec.args());
    List<BuildStage> stages = StageGraph.of(image, arguments, spec.images());
    Preflight preflight = new Preflight(stages, spec, contexts.hasMain());
    preflight.check();
    Optional<OpenContext> context = contexts.main(image.source().flatMap(Dockerfile::file));
    preflight.warn(image, context.map(OpenContext::ignored).orElse(DockerIgnore.none()), progress);
    CacheChoice cache = CacheChoice.of(spec, stages, arguments);
    return action.apply(start(image, platform, spec, contexts, context, cache, progress), stages);
  }

  /** {@code SOURCE_DATE_EPOCH} as an argument is the timestamp, as it is for BuildKit. */
  private static BuildSpec withEpoch(BuildSpec spec) {
    String epoch = spec.args().getOrDefault("SOURCE_DATE_EPOCH", "");
    if (epoch.isEmpty() || spec.timestamp().isPresent()) {
      return spec;
    }
    if (!epoch.matches("[0-9]{1,11}")) {
      throw new IllegalArgumentException(
          "the argument SOURCE_DATE_EPOCH is a number of seconds since 1970, not \""
              + epoch
              + "\"");
    }
    return spec.timestamp(Instant.ofEpochSecond(Long.parseLong(epoch)));
  }

  private Build start(
      Image image,
      Platform platform,
      BuildSpec spec,
      Contexts contexts,
      Optional<OpenContext> context,
      CacheChoice cache,
      Progress progress) {
    return new Build(
        spec,
        store,
        trees,
        runner,
        bases,
        web,
        hostKey,
        cacheMounts,
        context,
        contexts.named(),
        image.source(),
        platform,
        spec.args(),
        PlatformArguments.of(platform, image.stageName().orElse("default")),
        spec.timestamp().map(time -> time.truncatedTo(ChronoUnit.SECONDS)).orElseGet(Instant::now),
        cache,
        ConcurrentHashMap.newKeySet(),
        spec.cacheFrom().stream()
            .map(from -> new Build.Remote(from.toString(), caches.read(from, platform, progress)))
            .toList(),
        new ConcurrentLinkedQueue<>(),
        new Materials(),
        progress);
  }

  private void tellSteps(StoredImage made, Build build) {
    if (build.spec().hasInlineCache()) {
      caches.inline(made, build.steps().stream().distinct().toList());
    }
  }

  private StoredImage finish(StageResult result, List<ImageReference> names, Progress progress) {
    StoredImage made = result.image();
    boolean there = !made.intermediate() && made.names().containsAll(names);
    StoredImage done = there ? made : store.add(made.config(), made.parent(), names);
    progress.built(done.id());
    names.forEach(name -> progress.tagged(name.toString()));
    return done;
  }
}
