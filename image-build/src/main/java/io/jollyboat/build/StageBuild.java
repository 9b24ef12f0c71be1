package io.jollyboat.build;

import io.jollyboat.Image;
import io.jollyboat.Image.Base;
import io.jollyboat.Image.Step;
import io.jollyboat.ImageId;
import io.jollyboat.ImageNotFoundException;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.Progress;
import io.jollyboat.StoredImage;
import io.jollyboat.dockerfile.Arg;
import io.jollyboat.dockerfile.Cmd;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.dockerfile.Env;
import io.jollyboat.dockerfile.Instruction;
import io.jollyboat.dockerfile.Run;
import io.jollyboat.dockerfile.SourceRange;
import io.jollyboat.dockerfile.Transfer;
import io.jollyboat.dockerfile.Warning;
import io.jollyboat.dockerfile.Workdir;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.Platform;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs the steps of one stage, each from the cache where it can be. Not safe for use by several
 * threads.
 */
final class StageBuild {
  static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final String KEY_VERSION = "3";

  private final Build build;
  private final BuildStage stage;
  private final StageSources sources;
  private final Progress progress;
  private final Optional<Explainer> explainer;

  private StoredImage image;
  private ImageConfig config;
  private Variables variables;
  private boolean cmdIsOfThisStage;

  private StageBuild(
      Build build,
      BuildStage stage,
      StageSources sources,
      Progress progress,
      StoredImage base,
      Map<String, String> inherited,
      Optional<Explainer> explainer) {
    this.explainer = explainer;
    this.build = build;
    this.stage = stage;
    this.sources = sources;
    this.progress = progress;
    this.image = base;
    this.config = prepared(base.config());
    this.variables = Variables.start(inherited, config);
  }

  /** The stage's image, with everything before it done. */
  static StageResult run(Build build, BuildStage stage, StageSources sources, Progress progress) {
    Progress.Step from = stage.step(0, new FromText(stage).text());
    progress.stepStarted(from);
    Optional<StageResult> below = stage.below().map(sources::result);
    StoredImage base = below.isPresent() ? below.get().image() : base(build, stage.image().base());
    progress.stepFinished(from, base.id(), false);
    Map<String, String> inherited = below.map(StageResult::arguments).orElse(Map.of());
    StageBuild run =
        new StageBuild(build, stage, sources, progress, base, inherited, Optional.empty());
    run.triggers(base.config().onBuild());
    for (int i = 0; i < stage.steps().size(); i++) {
      run.step(i + 1, stage.steps().get(i));
    }
    return new StageResult(run.image, run.config, run.variables.arguments());
  }

  /** Does no step; the stage's image, if the cache has all of it. */
  static Optional<StageResult> explain(
      Build build, BuildStage stage, StageSources sources, Explainer explainer) {
    Progress.Step from = stage.step(0, new FromText(stage).text());
    int told = explainer.count();
    StageBuild run;
    try {
      Optional<StageResult> below = stage.below().map(sources::result);
      StoredImage base =
          below.isPresent() ? below.get().image() : base(build, stage.image().base());
      Map<String, String> inherited = below.map(StageResult::arguments).orElse(Map.of());
      run =
          new StageBuild(
              build, stage, sources, Progress.none(), base, inherited, Optional.of(explainer));
      explainer.cached(from);
      run.triggers(base.config().onBuild());
    } catch (Explainer.UnknownResult e) {
      if (explainer.count() == told) {
        explainer.ofUnknown(from, e);
      }
      rest(stage, 0, explainer);
      return Optional.empty();
    }
    for (int i = 0; i < stage.steps().size(); i++) {
      int before = explainer.count();
      try {
        run.step(i + 1, stage.steps().get(i));
      } catch (Explainer.UnknownResult e) {
        if (explainer.count() == before) {
          explainer.ofUnknown(stage.step(i + 1, text(stage.steps().get(i))), e);
        }
        rest(stage, i + 1, explainer);
        return Optional.empty();
      }
    }
    return Optional.of(new StageResult(run.image, run.config, run.variables.arguments()));
  }

  private static void rest(BuildStage stage, int first, Explainer explainer) {
    for (int i = first; i < stage.steps().size(); i++) {
      explainer.onUnknown(stage.step(i + 1, text(stage.steps().get(i))));
    }
  }

  /** A step as people are told of it. */
  static String text(Step step) {
    if (step instanceof Step.Written written) {
      return written.instruction().toString();
    }
    return step instanceof Step.Files files
        ? "FILES " + FilesStep.summary(files.files())
        : step.toString();
  }

  private static StoredImage base(Build build, Base base) {
    if (base instanceof Base.Reference reference) {
      Platform platform =
          reference.platform().map(word -> Platform.parse(word.value())).orElse(build.platform());
      StoredImage pulled = build.pull(reference.name().value(), platform);
      warnOfPlatform(build, reference, pulled.platform(), platform);
      return pulled;
    }
    if (base instanceof Base.Stored stored) {
      return build
          .materials()
          .once(stored.id().toString(), build.platform(), () -> stored(build, stored.id()));
    }
    ImageConfig empty =
        base instanceof Base.Host host
            ? HostBase.start(build.platform(), host.key().orElseGet(build.hostKey())).build()
            : ImageConfig.builder(build.platform())
                .env("PATH", DEFAULT_PATH)
                .workingDir("/")
                .build();
    return build.store().add(empty, Optional.empty(), true);
  }

  private static StoredImage stored(Build build, ImageId id) {
    return build
        .store()
        .find(id)
        .orElseThrow(
            () -> new ImageNotFoundException("the store has no image " + id, id.toString()));
  }

  private static void warnOfPlatform(
      Build build, Base.Reference reference, Platform found, Platform wanted) {
    boolean other =
        !found.os().equals(wanted.os()) || !found.architecture().equals(wanted.architecture());
    if (other) {
      build
          .progress()
          .warning(
              "Base image "
                  + reference.name().value()
                  + " is for platform "
                  + found
                  + ", not for "
                  + wanted
                  + " [InvalidBaseImagePlatform]");
    }
  }

  /** PATH where the base has none, and its triggers taken out: they run once. */
  private static ImageConfig prepared(ImageConfig base) {
    boolean hasPath = base.env("PATH").isPresent();
    if (hasPath && base.onBuild().isEmpty()) {
      return base;
    }
    ImageConfig withPath = hasPath ? base : base.toBuilder().env("PATH", DEFAULT_PATH).build();
    return withPath.toBuilder().onBuild(List.of()).build();
  }

  private void triggers(List<String> triggers) {
    for (String trigger : triggers) {
      Dockerfile parsed = Dockerfile.parse("FROM scratch\n" + trigger, "ONBUILD");
      for (Instruction instruction : parsed.stages().get(0).instructions()) {
        instruction(stage.step(0, "ONBUILD " + trigger), instruction, Map.of());
      }
    }
  }

  private void step(int position, Step step) {
    Progress.Step told = stage.step(position, text(step));
    if (step instanceof Step.Written written) {
      instruction(told, written.instruction(), written.stages());
      return;
    }
    start(told);
    try (StepBase base = new StepBase(build, image, config)) {
      perform(told, ofProgram(base, step), new Failures(told, SourceRange.NONE));
    }
  }

  private static StepWork ofProgram(StepBase base, Step step) {
    if (step instanceof Step.Files files) {
      return new FilesStep(base, files.files());
    }
    return step instanceof Step.Code code ? new CodeStep(base, code) : new SquashStep(base);
  }

  private void instruction(Progress.Step told, Instruction instruction, Map<String, Image> stages) {
    start(told);
    warnOfUndefined(instruction);
    Failures failures = new Failures(told, instruction.range());
    Instruction expanded =
        failures.of(Optional.of(image.id()), () -> instruction.expanded(variables));
    try (StepBase base = new StepBase(build, image, config)) {
      perform(
          told, failures.of(Optional.of(image.id()), () -> work(base, expanded, stages)), failures);
    }
    remember(expanded);
  }

  /** Where the base is an image only the build knows its environment; else the parser has said. */
  private void warnOfUndefined(Instruction instruction) {
    if (build.text().isPresent() && instruction.range().line() > 0 && !fromScratch()) {
      List<Warning> found = instruction.undefined(variables.environment().keySet());
      build.text().get().wanted(found).forEach(warning -> progress.warning(warning.toString()));
    }
  }

  private boolean fromScratch() {
    BuildStage lowest = stage;
    while (lowest.below().isPresent()) {
      lowest = lowest.below().get();
    }
    return lowest.image().base() instanceof Base.Scratch;
  }

  private StepWork work(StepBase base, Instruction expanded, Map<String, Image> stages) {
    CreatedBy createdBy = new CreatedBy(variables.arguments(), ConfigChange.shell(config));
    if (expanded instanceof Run run) {
      return new RunStep(base, run, variables, sources.named(stage, stages), progress, createdBy);
    }
    if (expanded instanceof Transfer transfer) {
      return new TransferStep(
          base, transfer, sources.named(stage, stages), progress, createdBy.text(transfer));
    }
    ConfigChange change = new ConfigChange(config, cmdIsOfThisStage);
    return expanded instanceof Workdir workdir
        ? new WorkdirStep(base, workdir, change, createdBy.text(workdir))
        : new MetadataStep(base, expanded, change, createdBy.text(expanded));
  }

  private void start(Progress.Step told) {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedOperationException("the build was interrupted", null);
    }
    progress.stepStarted(told);
  }

  private void perform(Progress.Step told, StepWork work, Failures failures) {
    Optional<ImageId> before = Optional.of(image.id());
    boolean cached =
        failures.of(
            before,
            () -> {
              try (work) {
                return perform(told, work);
              }
            });
    progress.stepFinished(told, image.id(), cached);
  }

  /** Whether the cache had it. */
  private boolean perform(Progress.Step told, StepWork work) throws IOException {
    KeyText inputs = startKey();
    work.describe(inputs);
    StepCache known = new StepCache(build, config, image.id(), work);
    if (explainer.isPresent()) {
      image = explained(explainer.get(), told, known, inputs);
      config = image.config();
      return true;
    }
    StepCache.Result result = known.result(inputs, build.cache().isOff(told), told);
    image = result.image();
    config = image.config();
    return result.cached();
  }

  private StoredImage explained(Explainer to, Progress.Step told, StepCache known, KeyText inputs)
      throws IOException {
    boolean off = build.cache().isOff(told);
    Optional<StoredImage> found = off ? Optional.empty() : known.find(inputs);
    if (found.isPresent()) {
      to.cached(told);
      return found.get();
    }
    to.missed(told, off, inputs);
    throw new Explainer.UnknownResult(Optional.empty());
  }

  private KeyText startKey() {
    KeyText key = new KeyText().add("version", KEY_VERSION).add("on", ResultKey.of(config));
    build
        .spec()
        .timestamp()
        .map(Instant::getEpochSecond)
        .map(Object::toString)
        .ifPresent(seconds -> key.add("timestamp", seconds));
    return key;
  }

  /** What the instruction means for those after it. */
  private void remember(Instruction expanded) {
    if (expanded instanceof Env env) {
      env.pairs().forEach(p -> variables.setEnv(p.name().value(), p.value().value()));
    } else if (expanded instanceof Arg arg) {
      arg.declarations().forEach(this::declare);
    } else if (expanded instanceof Cmd) {
      cmdIsOfThisStage = true;
    }
  }

  private void declare(Arg.Declaration declaration) {
    String name = declaration.name().value();
    String given = build.arguments().get(name);
    if (given == null && declaration.value().isPresent()) {
      given = declaration.value().get().value();
    }
    if (given == null) {
      given = stage.image().globals().get(name);
    }
    if (given == null) {
      given = build.platformArguments().get(name);
    }
    if (given != null) {
      variables.declare(name, given);
    }
  }
}
