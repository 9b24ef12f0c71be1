package io.jollyboat.linux.process;

import io.jollyboat.linux.launcher.LaunchRequest;
import io.jollyboat.linux.launcher.Launched;
import io.jollyboat.linux.launcher.Launcher;
import io.jollyboat.linux.launcher.LauncherBinary;
import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.OpenFlags;
import io.jollyboat.linux.syscall.Pid;
import io.jollyboat.linux.syscall.SocketCalls;
import io.jollyboat.linux.userns.UserNamespace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Starts processes and keeps up with them. Closing it ends those that are not detached. Safe for
 * use by several threads.
 */
public final class Processes implements AutoCloseable {

  private final LauncherBinary binary;
  private final Launcher launcher;
  private final ControlLoop loop;
  private final Optional<UserNamespace> users;

  private Processes(LauncherBinary binary, Optional<UserNamespace> users) {
    this.binary = binary;
    this.users = users;
    this.launcher = new Launcher(binary);
    this.loop = new ControlLoop();
  }

  /**
   * @param directory private to the caller; holds a copy of the launcher during a start where the
   *     kernel does not execute memory files
   */
  public static Processes open(Path directory) {
    return open(directory, Optional.empty());
  }

  /**
   * As {@link #open(Path)}.
   *
   * @param users the namespace that all processes live in, for all but root
   */
  public static Processes open(Path directory, Optional<UserNamespace> users) {
    return new Processes(LauncherBinary.load(directory), users);
  }

  /** The launcher's program, for its other roles. */
  public LauncherBinary binary() {
    return binary;
  }

  /**
   * Starts a process and waits until it runs its program.
   *
   * @throws io.jollyboat.linux.syscall.KernelException naming the operation that failed, such as
   *     {@code mount /proc}; nothing is left of the process then
   */
  public MonitoredProcess start(ProcessRequest request) {
    LogFiles log = new LogFiles(request.log());
    List<Fd> far = new ArrayList<>();
    Optional<PipeOutput> stdin = Optional.empty();
    try {
      LogFiles.Last last = log.last();
      far.add(last.file());
      LaunchRequest launch = request.toLaunch(last, namespace());
      if (request.state().isPresent()) {
        Fd state = openDirectory(request.state().get());
        far.add(state);
        launch.state(state);
      }
      if (request.isInteractive() && !request.hasTerminal()) {
        FileCalls.Pipe pipe = FileCalls.pipe();
        far.add(pipe.readEnd());
        stdin = Optional.of(new PipeOutput(pipe.writeEnd()));
        launch.stdin(pipe.readEnd());
      }
      Launched launched = launcher.start(launch);
      StartedProcess started = StartedProcess.await(launched, request.beforeRun());
      if (request.isInteractive() && request.hasTerminal()) {
        stdin = Optional.of(terminalInput(started));
      }
      return watched(started, log, last.end(), stdin, request.isDetached());
    } catch (RuntimeException | Error e) {
      stdin.ifPresent(PipeOutput::close);
      throw e;
    } finally {
      far.forEach(Fd::close);
    }
  }

  /**
   * Takes over a detached process from where its monitor listens.
   *
   * @param log as it was given to {@link #start}
   * @return nothing if there is no monitor any more: the process has ended
   */
  public Optional<MonitoredProcess> attach(Path socket, Path log) {
    Fd control;
    try {
      control = SocketCalls.connect(socket.toString());
    } catch (KernelException e) {
      if (e.is(Errno.ENOENT) || e.is(Errno.ECONNREFUSED)) {
        return Optional.empty();
      }
      throw e;
    }
    StartedProcess started;
    try {
      started = StartedProcess.await(Launched.connected(control), Optional.empty());
    } catch (KernelException e) {
      if (e.is(Errno.EPIPE)) {
        return Optional.empty(); // it was just ending
      }
      throw e;
    }
    try {
      Optional<PipeOutput> stdin = started.terminal().map(Processes::input);
      return Optional.of(new MonitoredProcess(started, new LogFiles(log), 0, stdin, true, loop));
    } catch (RuntimeException | Error e) {
      started.closeDescriptors();
      started.launched().close();
      throw e;
    }
  }

  private static PipeOutput input(Fd terminal) {
    return new PipeOutput(FileCalls.duplicate(terminal, 0));
  }

  private static PipeOutput terminalInput(StartedProcess started) {
    try {
      return input(started.terminal().orElseThrow());
    } catch (RuntimeException | Error e) {
      started.kill();
      throw e;
    }
  }

  /** A process that nobody can watch must not run on. */
  private MonitoredProcess watched(
      StartedProcess started,
      LogFiles log,
      long logBegin,
      Optional<PipeOutput> stdin,
      boolean detached) {
    try {
      return new MonitoredProcess(started, log, logBegin, stdin, detached, loop);
    } catch (RuntimeException | Error e) {
      started.kill();
      throw e;
    }
  }

  /**
   * Runs a program beside a running process, in its namespaces, and waits for it.
   *
   * @throws io.jollyboat.linux.syscall.KernelException naming the operation that failed
   */
  public ExecOutcome exec(ExecRequest request) {
    return new Exec(launcher).run(request, namespace(request));
  }

  private Optional<Fd> namespace(ExecRequest request) {
    return request.hasUserNamespace() ? Optional.empty() : namespace();
  }

  private Optional<Fd> namespace() {
    return users.map(UserNamespace::descriptor);
  }

  /**
   * Starts a program beside a running process, in its namespaces, and waits until it runs.
   *
   * @throws io.jollyboat.linux.syscall.KernelException naming the operation that failed; nothing is
   *     left of the program then
   */
  public JoinedProcess join(ExecRequest request) {
    return new Join(launcher, loop).start(request, namespace(request));
  }

  /**
   * Starts a program of this machine that serves a container, outside of all of its namespaces.
   *
   * @param words the first is the program's path
   */
  public Companion accompany(List<String> words) {
    return Companion.start(launcher, words);
  }

  /**
   * The same for a container that outlives this process.
   *
   * @param groups files into which the program's parent writes {@code 0}
   * @param served the container's first process, with which the program ends
   */
  public Companion accompany(List<String> words, List<String> groups, Pid served) {
    return Companion.escorted(binary, words, groups, served);
  }

  private static Fd openDirectory(Path directory) {
    int flags = OpenFlags.O_PATH | OpenFlags.O_DIRECTORY;
    return FileCalls.open(directory.toString(), flags, 0);
  }

  @Override
  public void close() {
    loop.close();
    launcher.close();
    binary.close();
  }
}
