package io.jollyboat.dockerfile;

/** One method per instruction, so that a new instruction breaks every consumer at compile time. */
public interface InstructionVisitor<R> {
  R visitFrom(From from);

  R visitRun(Run run);

  R visitCopy(Copy copy);

  R visitAdd(Add add);

  R visitEnv(Env env);

  R visitArg(Arg arg);

  R visitLabel(Label label);

  R visitUser(User user);

  R visitWorkdir(Workdir workdir);

  R visitExpose(Expose expose);

  R visitVolume(Volume volume);

  R visitCmd(Cmd cmd);

  R visitEntrypoint(Entrypoint entrypoint);

  R visitShell(Shell shell);

  R visitStopSignal(StopSignal stopSignal);

  R visitHealthcheck(Healthcheck healthcheck);

  R visitOnbuild(Onbuild onbuild);

  R visitMaintainer(Maintainer maintainer);
}
