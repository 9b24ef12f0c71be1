package io.jollyboat.build;

import io.jollyboat.BuildException;
import io.jollyboat.BuildSpec;
import io.jollyboat.Image;
import io.jollyboat.Image.Step;
import io.jollyboat.Progress;
import io.jollyboat.dockerfile.Add;
import io.jollyboat.dockerfile.Arg;
import io.jollyboat.dockerfile.Copy;
import io.jollyboat.dockerfile.DockerIgnore;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.dockerfile.From;
import io.jollyboat.dockerfile.Instruction;
import io.jollyboat.dockerfile.Run;
import io.jollyboat.dockerfile.RunMount;
import io.jollyboat.dockerfile.Transfer;
import io.jollyboat.dockerfile.Warning;
import io.jollyboat.dockerfile.Word;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/** What can be said about a build before any step of it runs. */
final class Preflight {
  private final List<BuildStage> stages;
  private final BuildSpec spec;
  private final boolean hasContext;

  Preflight(List<BuildStage> stages, BuildSpec spec, boolean hasContext) {
    this.stages = stages;
    this.spec = spec;
    this.hasContext = hasContext;
  }

  /**
   * @throws BuildException a step needs a context or a secret that there is not
   */
  void check() {
    for (BuildStage stage : stages) {
      checkBase(stage);
      for (int i = 0; i < stage.steps().size(); i++) {
        if (stage.steps().get(i) instanceof Step.Written written) {
          check(stage.step(i + 1, written.instruction().toString()), written.instruction());
        }
      }
    }
  }

  private void checkBase(BuildStage stage) {
    if (stage.image().base() instanceof Image.Base.Reference reference
        && spec.contexts().containsKey(reference.name().value())) {
      throw failure(
          stage.step(0, new FromText(stage).text()),
          From.of(reference.name()),
          "the context "
              + reference.name().value()
              + " holds files and is no base: begin from scratch and COPY --from it");
    }
  }

  private void check(Progress.Step step, Instruction instruction) {
    if (!hasContext && readsContext(instruction)) {
      throw failure(
          step,
          instruction,
          "there is no build context to read from: name a directory with context(...)");
    }
    if (instruction instanceof Run run) {
      RunStep.forbidden(run, spec)
          .ifPresent(
              problem -> {
                throw failure(step, instruction, problem);
              });
      for (RunMount mount : run.mounts()) {
        if (needsMissingAgent(mount)) {
          throw failure(
              step,
              instruction,
              "the ssh agent \""
                  + RunMounts.agentId(mount)
                  + "\" was not given: name its socket with ssh(...)");
        }
        if (needsMissingSecret(mount)) {
          throw failure(
              step,
              instruction,
              "the secret \""
                  + RunMounts.secretId(mount)
                  + "\" was not given: name it with secret(...)");
        }
      }
    }
  }

  private static boolean readsContext(Instruction instruction) {
    if (instruction instanceof Copy copy && copy.from().isPresent()) {
      return false;
    }
    if (instruction instanceof Transfer transfer) {
      boolean ofAdd = instruction instanceof Add;
      return transfer.sources().stream()
          .anyMatch(source -> !(ofAdd && Remote.isAddress(source.raw())));
    }
    return instruction instanceof Run run
        && run.mounts().stream()
            .anyMatch(m -> m.type() == RunMount.Type.BIND && m.from().isEmpty());
  }

  private boolean needsMissingAgent(RunMount mount) {
    return mount.type() == RunMount.Type.SSH
        && mount.options().values().stream().allMatch(Word::isLiteral)
        && mount.isRequired()
        && !spec.sshAgents().containsKey(RunMounts.agentId(mount));
  }

  /** One whose name has a variable is looked for when its step comes. */
  private boolean needsMissingSecret(RunMount mount) {
    boolean literal = mount.options().values().stream().allMatch(Word::isLiteral);
    return mount.type() == RunMount.Type.SECRET
        && literal
        && !mount.option("required").filter("false"::equals).isPresent()
        && !spec.secrets().containsKey(RunMounts.secretId(mount));
  }

  private static BuildException failure(
      Progress.Step step, Instruction instruction, String problem) {
    Failures failures = new Failures(step, instruction.range());
    return new BuildException(
        failures.place() + problem,
        step,
        OptionalInt.empty(),
        "",
        Optional.empty(),
        Optional.empty(),
        null);
  }

  private void warn(Dockerfile text, List<Warning> warnings, Progress progress) {
    warnings.stream().map(Warning::toString).forEach(progress::warning);
    if (text.warningsAreErrors() && !warnings.isEmpty()) {
      List<String> rules = warnings.stream().map(Warning::rule).distinct().sorted().toList();
      BuildStage first = stages.get(0);
      throw failure(
          first.step(0, new FromText(first).text()),
          text.stages().get(0).from(),
          "the Dockerfile says check=error=true, and "
              + warnings.get(0)
              + "; rules that are broken: "
              + rules);
    }
  }

  /**
   * Tells of what the parser found, and of arguments that no ARG declares.
   *
   * @throws BuildException the text says that warnings are errors
   */
  void warn(Image image, DockerIgnore ignored, Progress progress) {
    Set<String> unused = new TreeSet<>(spec.args().keySet());
    unused.removeIf(Variables::isProxy);
    unused.removeIf(name -> name.equals("SOURCE_DATE_EPOCH") || name.startsWith("BUILDKIT_"));
    image.source().ifPresent(text -> warn(text, text.check(ignored), progress));
    if (image.base() instanceof Image.Base.Unbound unbound) {
      Dockerfile dockerfile = unbound.dockerfile();
      dockerfile.globalArgs().forEach(arg -> unused.removeAll(names(arg)));
    }
    for (BuildStage stage : stages) {
      for (Step step : stage.steps()) {
        if (step instanceof Step.Written written && written.instruction() instanceof Arg arg) {
          unused.removeAll(names(arg));
        }
      }
    }
    if (!unused.isEmpty()) {
      progress.warning("One or more build-args " + unused + " were not consumed");
    }
  }

  private static Set<String> names(Arg arg) {
    Set<String> names = new HashSet<>();
    for (Arg.Declaration declaration : arg.declarations()) {
      if (declaration.name().isLiteral()) {
        names.add(declaration.name().value());
      }
    }
    return names;
  }
}
