package io.jollyboat.build;

import io.jollyboat.dockerfile.Add;
import io.jollyboat.dockerfile.Arg;
import io.jollyboat.dockerfile.Cmd;
import io.jollyboat.dockerfile.Copy;
import io.jollyboat.dockerfile.Entrypoint;
import io.jollyboat.dockerfile.Env;
import io.jollyboat.dockerfile.Expose;
import io.jollyboat.dockerfile.From;
import io.jollyboat.dockerfile.Healthcheck;
import io.jollyboat.dockerfile.Heredoc;
import io.jollyboat.dockerfile.Instruction;
import io.jollyboat.dockerfile.InstructionVisitor;
import io.jollyboat.dockerfile.KeyValue;
import io.jollyboat.dockerfile.Label;
import io.jollyboat.dockerfile.Maintainer;
import io.jollyboat.dockerfile.Onbuild;
import io.jollyboat.dockerfile.Run;
import io.jollyboat.dockerfile.Shell;
import io.jollyboat.dockerfile.StopSignal;
import io.jollyboat.dockerfile.Transfer;
import io.jollyboat.dockerfile.User;
import io.jollyboat.dockerfile.Volume;
import io.jollyboat.dockerfile.Word;
import io.jollyboat.dockerfile.Workdir;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What an image's history says of an instruction, in BuildKit's form: {@code ENV a=b}, {@code RUN
 * |1 X=1 /bin/sh -c make}. Nothing of a mount is in it.
 */
final class CreatedBy implements InstructionVisitor<String> {
  private final Map<String, String> arguments;
  private final List<String> shell;

  /**
   * @param arguments the declared build arguments, shown before what RUN executes
   * @param shell what stands before the text of a RUN
   */
  CreatedBy(Map<String, String> arguments, List<String> shell) {
    this.arguments = arguments;
    this.shell = shell;
  }

  /** Of an instruction that is expanded. */
  String text(Instruction instruction) {
    return instruction.accept(this);
  }

  @Override
  public String visitRun(Run run) {
    StringBuilder text = new StringBuilder("RUN ");
    if (!arguments.isEmpty()) {
      text.append('|').append(arguments.size()).append(' ');
      arguments.forEach((name, value) -> text.append(name).append('=').append(value).append(' '));
    }
    return text.append(String.join(" ", run.arguments(shell))).toString();
  }

  @Override
  public String visitCopy(Copy copy) {
    return transfer(copy, copy.from().map(from -> "--from=" + from + " ").orElse(""));
  }

  @Override
  public String visitAdd(Add add) {
    return transfer(add, "");
  }

  private static String transfer(Transfer transfer, String from) {
    String owner = transfer.placement().chown().map(w -> "--chown=" + w.value() + " ").orElse("");
    String mode = transfer.placement().chmod().map(w -> "--chmod=" + w.value() + " ").orElse("");
    return transfer.keyword()
        + " "
        + from
        + owner
        + mode
        + Stream.of(
                transfer.sources().stream().map(Word::value),
                transfer.inline().stream().map(Heredoc::name),
                Stream.of(transfer.destination().value()))
            .flatMap(words -> words)
            .collect(Collectors.joining(" "));
  }

  @Override
  public String visitEnv(Env env) {
    return "ENV " + pairs(env.pairs());
  }

  @Override
  public String visitLabel(Label label) {
    return "LABEL " + pairs(label.pairs());
  }

  private static String pairs(List<KeyValue> pairs) {
    return pairs.stream()
        .map(pair -> pair.name().value() + "=" + pair.value().value())
        .collect(Collectors.joining(" "));
  }

  @Override
  public String visitArg(Arg arg) {
    return "ARG "
        + arg.declarations().stream()
            .map(d -> d.name().value() + d.value().map(v -> "=" + v.value()).orElse(""))
            .collect(Collectors.joining(" "));
  }

  @Override
  public String visitUser(User user) {
    return "USER " + user.user().value();
  }

  @Override
  public String visitWorkdir(Workdir workdir) {
    return "WORKDIR " + workdir.path().value();
  }

  @Override
  public String visitExpose(Expose expose) {
    return "EXPOSE "
        + expose.ports().stream()
            .flatMap(port -> PortNames.of(port.value()).stream())
            .collect(Collectors.joining(" "));
  }

  @Override
  public String visitVolume(Volume volume) {
    return "VOLUME " + volume.paths().stream().map(Word::value).toList();
  }

  @Override
  public String visitCmd(Cmd cmd) {
    return "CMD " + cmd.command();
  }

  @Override
  public String visitEntrypoint(Entrypoint entrypoint) {
    return "ENTRYPOINT " + entrypoint.command();
  }

  @Override
  public String visitShell(Shell words) {
    return words.toString();
  }

  @Override
  public String visitStopSignal(StopSignal stopSignal) {
    return "STOPSIGNAL " + stopSignal.signal().value();
  }

  @Override
  public String visitHealthcheck(Healthcheck healthcheck) {
    return healthcheck.toString();
  }

  @Override
  public String visitOnbuild(Onbuild onbuild) {
    return onbuild.toString();
  }

  @Override
  public String visitMaintainer(Maintainer maintainer) {
    return "MAINTAINER " + maintainer.name();
  }

  @Override
  public String visitFrom(From from) {
    throw new IllegalStateException("FROM is no step of a stage");
  }
}
