package io.jollyboat.build;

import io.jollyboat.dockerfile.Add;
import io.jollyboat.dockerfile.Arg;
import io.jollyboat.dockerfile.Cmd;
import io.jollyboat.dockerfile.Command;
import io.jollyboat.dockerfile.Copy;
import io.jollyboat.dockerfile.Entrypoint;
import io.jollyboat.dockerfile.Env;
import io.jollyboat.dockerfile.Expose;
import io.jollyboat.dockerfile.From;
import io.jollyboat.dockerfile.Healthcheck;
import io.jollyboat.dockerfile.Instruction;
import io.jollyboat.dockerfile.InstructionVisitor;
import io.jollyboat.dockerfile.KeyValue;
import io.jollyboat.dockerfile.Label;
import io.jollyboat.dockerfile.Maintainer;
import io.jollyboat.dockerfile.Onbuild;
import io.jollyboat.dockerfile.Run;
import io.jollyboat.dockerfile.Shell;
import io.jollyboat.dockerfile.StopSignal;
import io.jollyboat.dockerfile.User;
import io.jollyboat.dockerfile.Volume;
import io.jollyboat.dockerfile.Word;
import io.jollyboat.dockerfile.Workdir;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageConfigBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What an expanded instruction changes about an image's configuration, layers and history apart.
 */
final class ConfigChange implements InstructionVisitor<ImageConfigBuilder> {
  private static final List<String> DEFAULT_SHELL = List.of("/bin/sh", "-c");
  private static final Pattern SIGNAL = Pattern.compile("(?i)(SIG)?[A-Z][A-Z0-9+-]*|[0-9]{1,2}");

  private final ImageConfig before;
  private final boolean cmdIsOfThisStage;

  /**
   * @param cmdIsOfThisStage whether a CMD came before in the stage, which ENTRYPOINT then keeps
   */
  ConfigChange(ImageConfig before, boolean cmdIsOfThisStage) {
    this.before = before;
    this.cmdIsOfThisStage = cmdIsOfThisStage;
  }

  /**
   * @throws IllegalArgumentException a value that no configuration can have
   */
  ImageConfigBuilder apply(Instruction instruction) {
    return instruction.accept(this);
  }

  /** Adds what a change depends on beside the instruction and what it is built on. */
  void describe(Instruction instruction, KeyText key) {
    if (instruction instanceof Entrypoint) {
      key.add("keeps-cmd", Boolean.toString(cmdIsOfThisStage));
    }
  }

  /** The words before a text that a shell executes. */
  static List<String> shell(ImageConfig config) {
    return config.shell().isEmpty() ? DEFAULT_SHELL : config.shell();
  }

  @Override
  public ImageConfigBuilder visitEnv(Env env) {
    ImageConfigBuilder changed = before.toBuilder();
    for (KeyValue pair : env.pairs()) {
      changed.env(pair.name().value(), pair.value().value());
    }
    return changed;
  }

  @Override
  public ImageConfigBuilder visitLabel(Label label) {
    Map<String, String> labels = new LinkedHashMap<>(before.labels());
    for (KeyValue pair : label.pairs()) {
      labels.put(pair.name().value(), pair.value().value());
    }
    return before.toBuilder().labels(labels);
  }

  @Override
  public ImageConfigBuilder visitUser(User user) {
    return before.toBuilder().user(user.user().value());
  }

  @Override
  public ImageConfigBuilder visitWorkdir(Workdir workdir) {
    return before.toBuilder().workingDir(directory(workdir));
  }

  /** The absolute path that a WORKDIR means. */
  String directory(Workdir workdir) {
    return TreePath.absolute(before.workingDir().orElse("/"), workdir.path().value());
  }

  @Override
  public ImageConfigBuilder visitExpose(Expose expose) {
    Set<String> ports = new TreeSet<>(before.exposedPorts());
    for (Word port : expose.ports()) {
      ports.addAll(PortNames.of(port.value()));
    }
    return before.toBuilder().exposedPorts(ports);
  }

  @Override
  public ImageConfigBuilder visitVolume(Volume volume) {
    Set<String> paths = new TreeSet<>(before.volumes());
    volume.paths().forEach(path -> paths.add(path.value()));
    return before.toBuilder().volumes(paths);
  }

  @Override
  public ImageConfigBuilder visitCmd(Cmd cmd) {
    return before.toBuilder().cmd(cmd.command().arguments(shell(before)));
  }

  @Override
  public ImageConfigBuilder visitEntrypoint(Entrypoint entrypoint) {
    ImageConfigBuilder changed =
        before.toBuilder().entrypoint(entrypoint.command().arguments(shell(before)));
    return cmdIsOfThisStage ? changed : changed.cmd(List.of());
  }

  @Override
  public ImageConfigBuilder visitShell(Shell shell) {
    return before.toBuilder().shell(shell.words());
  }

  @Override
  public ImageConfigBuilder visitStopSignal(StopSignal stopSignal) {
    String signal = stopSignal.signal().value();
    if (!SIGNAL.matcher(signal).matches()) {
      throw new IllegalArgumentException(
          "\"" + signal + "\" is not a signal: write a name such as SIGTERM, or a number");
    }
    return before.toBuilder().stopSignal(signal);
  }

  @Override
  public ImageConfigBuilder visitHealthcheck(Healthcheck healthcheck) {
    return before.toBuilder().healthcheck(java.util.Optional.of(check(healthcheck)));
  }

  private static io.jollyboat.oci.Healthcheck check(Healthcheck instruction) {
    if (instruction.test().isEmpty()) {
      return io.jollyboat.oci.Healthcheck.none();
    }
    return new io.jollyboat.oci.Healthcheck(
        testWords(instruction.test().get()),
        instruction.interval().orElse(Duration.ZERO),
        instruction.timeout().orElse(Duration.ZERO),
        instruction.startPeriod().orElse(Duration.ZERO),
        instruction.startInterval().orElse(Duration.ZERO),
        instruction.retries().orElse(0));
  }

  private static List<String> testWords(Command test) {
    List<String> words = new ArrayList<>();
    if (test instanceof Command.Exec exec) {
      words.add("CMD");
      words.addAll(exec.words());
    } else {
      words.add("CMD-SHELL");
      words.add(test.toString());
    }
    return words;
  }

  @Override
  public ImageConfigBuilder visitOnbuild(Onbuild onbuild) {
    List<String> triggers = new ArrayList<>(before.onBuild());
    triggers.add(onbuild.trigger().toString());
    return before.toBuilder().onBuild(triggers);
  }

  @Override
  public ImageConfigBuilder visitMaintainer(Maintainer maintainer) {
    return before.toBuilder().author(maintainer.name());
  }

  @Override
  public ImageConfigBuilder visitArg(Arg arg) {
    return before.toBuilder();
  }

  @Override
  public ImageConfigBuilder visitRun(Run run) {
    return before.toBuilder();
  }

  @Override
  public ImageConfigBuilder visitCopy(Copy copy) {
    return before.toBuilder();
  }

  @Override
  public ImageConfigBuilder visitAdd(Add add) {
    return before.toBuilder();
  }

  @Override
  public ImageConfigBuilder visitFrom(From from) {
    throw new IllegalStateException("FROM is no step of a stage");
  }
}
