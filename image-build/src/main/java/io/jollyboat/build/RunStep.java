package io.jollyboat.build;

import io.jollyboat.BuildPermission;
import io.jollyboat.BuildSpec;
import io.jollyboat.ContainerId;
import io.jollyboat.ImageId;
import io.jollyboat.NetworkMode;
import io.jollyboat.Progress;
import io.jollyboat.dockerfile.Heredoc;
import io.jollyboat.dockerfile.Run;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.spi.host.StepRequest;
import io.jollyboat.spi.host.StepRunner.StepResult;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * RUN: a command in a container, and what it changed as a layer. Not safe for use by several
 * threads.
 */
final class RunStep implements StepWork {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final StepBase base;
  private final Run instruction;
  private final Variables variables;
  private final StageSources.Named stages;
  private final Progress progress;
  private final String createdBy;
  private List<BoundSource> bound = List.of();

  /**
   * @param instruction expanded
   */
  RunStep(
      StepBase base,
      Run instruction,
      Variables variables,
      StageSources.Named stages,
      Progress progress,
      CreatedBy createdBy) {
    this.base = base;
    this.instruction = instruction;
    this.variables = variables;
    this.stages = stages;
    this.progress = progress;
    this.createdBy = createdBy.text(instruction);
  }

  @Override
  public void describe(KeyText key) throws IOException {
    checkSupported();
    InstructionKey.write(instruction, key);
    variables.arguments().forEach((name, value) -> key.add("argument", name + "=" + value));
    variables.environment().forEach((name, value) -> key.add("variable", name + "=" + value));
    bound = RunMounts.describe(base, instruction, stages, key);
  }

  /** What a RUN asks for that its build does not allow. */
  static Optional<String> forbidden(Run run, BuildSpec spec) {
    if (run.security() == Run.Security.INSECURE
        && !spec.allowed().contains(BuildPermission.SECURITY_INSECURE)) {
      return Optional.of(
          "RUN --security=insecure must be allowed: allow(BuildPermission.SECURITY_INSECURE)");
    }
    return run.network() == Run.Network.HOST
            && !spec.allowed().contains(BuildPermission.NETWORK_HOST)
        ? Optional.of("RUN --network=host must be allowed: allow(BuildPermission.NETWORK_HOST)")
        : Optional.empty();
  }

  private void checkSupported() {
    if (!instruction.devices().isEmpty()) {
      throw new IllegalArgumentException("RUN --device is not supported yet");
    }
    forbidden(instruction, base.build().spec())
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(problem);
            });
  }

  @Override
  public ImageConfig execute(Progress.Step step) throws IOException {
    try (BuildStore.Changes changes = base.build().store().begin();
        RunMounts mounts = RunMounts.open(base, instruction, stages, bound)) {
      OutputTail output = new OutputTail(text -> progress.stepOutput(step, text));
      ContainerId id = newId();
      progress.stepRunning(step, id);
      StepResult result = base.build().runner().run(request(id, changes, mounts), output);
      String tail = output.end();
      if (result.exitCode() == 0) {
        mounts.verify();
      }
      Optional<Digest> layer = changes.commit(base.config().diffIds(), base.build().latest());
      ImageConfig made = base.finished(base.config().toBuilder(), layer, createdBy);
      if (result.exitCode() != 0) {
        throw failure(result, tail, made);
      }
      return made;
    }
  }

  private StepRequest request(ContainerId id, BuildStore.Changes changes, RunMounts mounts) {
    Map<String, String> environment = new LinkedHashMap<>(proxies());
    environment.putAll(variables.environment());
    environment.putAll(mounts.environment());
    return new StepRequest(
        id,
        base.build().store().layersTopFirst(base.config()),
        changes.diff(),
        changes.work(),
        HostBase.isOn(base.config()),
        arguments(),
        environment,
        base.config().workingDir().orElse("/"),
        base.config().user().orElse(""),
        network(),
        base.build().spec().steps(),
        instruction.security() == Run.Security.INSECURE,
        mounts.mounts());
  }

  /** Those that the caller gave as arguments, which need no ARG. */
  private Map<String, String> proxies() {
    Map<String, String> given = new LinkedHashMap<>();
    base.build()
        .arguments()
        .forEach(
            (name, value) -> {
              if (Variables.isProxy(name)) {
                given.put(name, value);
              }
            });
    return given;
  }

  private List<String> arguments() {
    Optional<Heredoc> script = instruction.script();
    return script.isPresent()
        ? List.of(RunMounts.scriptPath(script.get()))
        : instruction.arguments(ConfigChange.shell(base.config()));
  }

  private NetworkMode network() {
    return switch (instruction.network()) {
      case NONE -> NetworkMode.NONE;
      case HOST -> NetworkMode.HOST;
      case DEFAULT -> base.build().spec().steps().network();
    };
  }

  /** What the command left is kept as an image that no key leads to. */
  private CommandFailure failure(StepResult result, String output, ImageConfig left) {
    ImageId failed = base.build().store().add(left, Optional.of(base.image().id()), true).id();
    String command = String.join(" ", instruction.arguments(ConfigChange.shell(base.config())));
    String message = "The command '" + command + "' returned a non-zero code: " + result.exitCode();
    return new CommandFailure(
        result.outOfMemory() ? message + ", it ran out of memory" : message,
        result.exitCode(),
        output,
        Optional.of(failed));
  }

  private static ContainerId newId() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return new ContainerId(HexFormat.of().formatHex(bytes));
  }
}
