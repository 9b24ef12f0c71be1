package io.jollyboat.linux.process;

import io.jollyboat.linux.launcher.LaunchRequest;
import io.jollyboat.linux.launcher.Launcher;
import io.jollyboat.linux.process.JoinedProcess.Streams;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Starts programs beside a process that go on while the caller does. */
final class Join {

  private final Launcher launcher;
  private final ControlLoop loop;

  Join(Launcher launcher, ControlLoop loop) {
    this.launcher = launcher;
    this.loop = loop;
  }

  /**
   * @param users as {@link ExecRequest#toLaunch}
   */
  JoinedProcess start(ExecRequest request, Optional<Fd> users) {
    return request.hasTerminal() ? onTerminal(request, users) : onPipes(request, users);
  }

  private JoinedProcess onPipes(ExecRequest request, Optional<Fd> users) {
    List<Fd> near = new ArrayList<>();
    List<Fd> far = new ArrayList<>();
    LaunchRequest launch = request.toLaunch(users);
    try {
      FileCalls.Pipe out = pipe(near, far, false);
      FileCalls.Pipe err = pipe(near, far, false);
      launch.output(out.writeEnd(), err.writeEnd());
      Optional<FileCalls.Pipe> in = Optional.empty();
      if (request.isInteractive()) {
        in = Optional.of(pipe(near, far, true));
        launch.stdin(in.get().readEnd());
      }
      StartedProcess started = StartedProcess.await(launcher.start(launch), Optional.empty());
      Optional<Fd> stdin = in.map(FileCalls.Pipe::writeEnd);
      return watched(
          started,
          () ->
              new Streams(
                  stdin.map(PipeOutput::new),
                  new PipeInput(out.readEnd()),
                  Optional.of(new PipeInput(err.readEnd()))));
    } catch (RuntimeException | Error e) {
      near.forEach(Fd::close);
      throw e;
    } finally {
      far.forEach(Fd::close);
    }
  }

  /** Each stream has a descriptor of its own, so that one can be closed without the others. */
  private JoinedProcess onTerminal(ExecRequest request, Optional<Fd> users) {
    StartedProcess started =
        StartedProcess.await(launcher.start(request.toLaunch(users)), Optional.empty());
    List<Fd> near = new ArrayList<>();
    try {
      return watched(started, () -> terminalStreams(started, request.isInteractive(), near));
    } catch (RuntimeException | Error e) {
      near.forEach(Fd::close);
      throw e;
    }
  }

  private static Streams terminalStreams(StartedProcess started, boolean input, List<Fd> near) {
    Fd terminal = started.terminal().orElseThrow();
    Fd out = FileCalls.duplicate(terminal, 0);
    near.add(out);
    Optional<PipeOutput> in = Optional.empty();
    if (input) {
      Fd copy = FileCalls.duplicate(terminal, 0);
      near.add(copy);
      in = Optional.of(new PipeOutput(copy));
    }
    return new Streams(in, new PipeInput(out), Optional.empty());
  }

  /** A program that nobody can watch must not run on. */
  private JoinedProcess watched(StartedProcess started, Supplier<Streams> streams) {
    try {
      return new JoinedProcess(started, streams.get(), loop);
    } catch (RuntimeException | Error e) {
      started.kill();
      throw e;
    }
  }

  private static FileCalls.Pipe pipe(List<Fd> near, List<Fd> far, boolean input) {
    FileCalls.Pipe pipe = FileCalls.pipe();
    near.add(input ? pipe.writeEnd() : pipe.readEnd());
    far.add(input ? pipe.readEnd() : pipe.writeEnd());
    return pipe;
  }
}
