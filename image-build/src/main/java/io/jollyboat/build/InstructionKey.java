package io.jollyboat.build;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
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
import io.jollyboat.dockerfile.RunMount;
import io.jollyboat.dockerfile.Shell;
import io.jollyboat.dockerfile.StopSignal;
import io.jollyboat.dockerfile.Transfer;
import io.jollyboat.dockerfile.User;
import io.jollyboat.dockerfile.Volume;
import io.jollyboat.dockerfile.Word;
import io.jollyboat.dockerfile.Workdir;
import java.util.List;
import java.util.TreeMap;

/**
 * Writes what an expanded instruction says into a key: one line per fact, so that two texts that
 * mean the same give the same lines, and two that do not never do.
 */
final class InstructionKey implements InstructionVisitor<KeyText> {
  private final KeyText key;

  private InstructionKey(KeyText key) {
    this.key = key;
  }

  static void write(Instruction instruction, KeyText key) {
    key.add("instruction", instruction.keyword());
    KeyText unused = instruction.accept(new InstructionKey(key));
  }

  @Override
  @CanIgnoreReturnValue
  public KeyText visitRun(Run run) {
    command(run.command());
    run.heredocs().forEach(heredoc -> key.add("heredoc", heredoc.name() + "\n" + heredoc.text()));
    run.mounts().forEach(this::mount);
    key.add("network", run.network().name());
    key.add("security", run.security().name());
    return key.addAll("device", run.devices());
  }

  /** A cache's identity and sharing change nothing about the result. */
  private void mount(RunMount mount) {
    key.add("mount", mount.type().name());
    new TreeMap<>(mount.options())
        .forEach(
            (name, value) -> {
              boolean ofCache = name.equals("id") || name.equals("sharing");
              if (!(ofCache && mount.type() == RunMount.Type.CACHE)) {
                key.add("option", name + "=" + value.value());
              }
            });
  }

  @Override
  public KeyText visitCopy(Copy copy) {
    key.add("parents", Boolean.toString(copy.parents()));
    return transfer(copy);
  }

  @Override
  public KeyText visitAdd(Add add) {
    add.checksum().ifPresent(sum -> key.add("checksum", sum.value()));
    add.unpack().ifPresent(unpack -> key.add("unpack", unpack.toString()));
    key.add("keep-git-dir", Boolean.toString(add.keepGitDir()));
    return transfer(add);
  }

  /** What the sources hold is added by whoever reads them. */
  private KeyText transfer(Transfer transfer) {
    transfer.placement().chown().ifPresent(owner -> key.add("chown", owner.value()));
    transfer.placement().chmod().ifPresent(mode -> key.add("chmod", mode.value()));
    key.add("link", Boolean.toString(transfer.placement().link()));
    words("source", transfer.sources());
    transfer.inline().forEach(file -> key.add("inline", file.name() + "\n" + file.text()));
    return key.add("destination", transfer.destination().value());
  }

  @Override
  public KeyText visitEnv(Env env) {
    return pairs(env.pairs());
  }

  @Override
  public KeyText visitLabel(Label label) {
    return pairs(label.pairs());
  }

  private KeyText pairs(List<KeyValue> pairs) {
    for (KeyValue pair : pairs) {
      key.add("name", pair.name().value()).add("value", pair.value().value());
    }
    return key;
  }

  @Override
  public KeyText visitArg(Arg arg) {
    for (Arg.Declaration declaration : arg.declarations()) {
      key.add("name", declaration.name().value());
      declaration.value().ifPresent(value -> key.add("value", value.value()));
    }
    return key;
  }

  @Override
  public KeyText visitUser(User user) {
    return key.add("user", user.user().value());
  }

  @Override
  public KeyText visitWorkdir(Workdir workdir) {
    return key.add("path", workdir.path().value());
  }

  @Override
  public KeyText visitExpose(Expose expose) {
    for (Word port : expose.ports()) {
      key.addAll("port", PortNames.of(port.value()));
    }
    return key;
  }

  @Override
  public KeyText visitVolume(Volume volume) {
    return words("path", volume.paths());
  }

  @Override
  public KeyText visitCmd(Cmd cmd) {
    return command(cmd.command());
  }

  @Override
  public KeyText visitEntrypoint(Entrypoint entrypoint) {
    return command(entrypoint.command());
  }

  @Override
  public KeyText visitShell(Shell shell) {
    return key.addAll("word", shell.words());
  }

  @Override
  public KeyText visitStopSignal(StopSignal stopSignal) {
    return key.add("signal", stopSignal.signal().value());
  }

  @Override
  public KeyText visitHealthcheck(Healthcheck healthcheck) {
    return key.add("text", healthcheck.toString());
  }

  @Override
  public KeyText visitOnbuild(Onbuild onbuild) {
    return key.add("text", onbuild.toString());
  }

  @Override
  public KeyText visitMaintainer(Maintainer maintainer) {
    return key.add("name", maintainer.name());
  }

  @Override
  public KeyText visitFrom(From from) {
    throw new IllegalStateException("FROM is no step of a stage");
  }

  @CanIgnoreReturnValue
  private KeyText command(Command command) {
    return command instanceof Command.Exec exec
        ? key.addAll("word", exec.words())
        : key.add("shell", command.toString());
  }

  @CanIgnoreReturnValue
  private KeyText words(String name, List<Word> words) {
    return key.addAll(name, words.stream().map(Word::value).toList());
  }
}
