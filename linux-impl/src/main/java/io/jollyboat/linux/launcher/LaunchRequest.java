package io.jollyboat.linux.launcher;

import io.jollyboat.linux.syscall.Fd;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A process to start: what it does, and how its monitor treats it. The descriptors stay the
 * caller's, who keeps them open until {@link Launcher#start} returns. Not safe for use by several
 * threads.
 */
public final class LaunchRequest {

  private final Operations operations;
  private final OperationsBuilder monitorOperations;
  private Set<Namespace> namespaces = EnumSet.noneOf(Namespace.class);
  private @Nullable Fd cgroup;
  private @Nullable Fd log;
  private @Nullable Fd state;
  private @Nullable Fd listener;
  private Frame.LogPlace place = Frame.LogPlace.ONLY;
  private final List<Fd> held = new ArrayList<>();
  private @Nullable Fd stdin;
  private @Nullable Fd stdout;
  private @Nullable Fd stderr;
  private boolean waitForGo;
  private boolean quiet;
  private boolean ofUser;
  private boolean detached;
  private boolean leave;

  /** {@code operations} end with one that executes a program. */
  public LaunchRequest(Operations operations) {
    this.operations = operations;
    this.monitorOperations = new OperationsBuilder(operations.descriptors().size());
  }

  /** New namespaces that the process is born in; it enters others by its operations. */
  public LaunchRequest namespaces(Set<Namespace> kinds) {
    namespaces = Set.copyOf(kinds);
    return this;
  }

  /** The v2 cgroup directory that the process is born in. */
  public LaunchRequest cgroup(Fd directory) {
    cgroup = directory;
    return this;
  }

  /** The monitor itself writes {@code 0} to these files: into the engine's own cgroups. */
  public LaunchRequest monitorCgroups(List<String> files) {
    files.forEach(file -> monitorOperations.writeFile(file, "0"));
    return this;
  }

  /**
   * The user namespace that the monitor joins: the process's own namespaces are born in it, and
   * belong to it. Before {@link #joinBefore}.
   */
  public LaunchRequest userNamespace(Fd namespace) {
    monitorOperations.joinNamespaces(namespace, Set.of(Namespace.USER));
    ofUser = true;
    return this;
  }

  /** The monitor joins these namespaces of another process, for its child: the pid one. */
  public LaunchRequest joinBefore(Fd process, Set<Namespace> kinds) {
    monitorOperations.joinNamespaces(process, kinds);
    return this;
  }

  /**
   * The monitor gives pipes on descriptors 0 to 2 to a user of the host, as a process that is born
   * in a user namespace cannot.
   */
  public LaunchRequest ownPipes(int uid) {
    monitorOperations.ownPipes(uid);
    return this;
  }

  /** The {@code freezer.state} of the process's v1 cgroup, which the monitor thaws to kill. */
  public LaunchRequest freezer(String stateFile) {
    monitorOperations.freezer(stateFile);
    return this;
  }

  /**
   * The control group whose processes end with the process, for one without a pid namespace of its
   * own: the monitor kills and reaps them.
   */
  public LaunchRequest group(String directory) {
    monitorOperations.group(directory);
    return this;
  }

  /** The monitor appends standard output and error to this file, open for writing. */
  public LaunchRequest log(Fd file) {
    log = file;
    return this;
  }

  /** How many bytes of the log came before its file. */
  public LaunchRequest logStart(long start) {
    place = new Frame.LogPlace(start, place.limit(), place.files());
    return this;
  }

  /**
   * The monitor goes on in a new file of the state directory, {@code log.} and a number, whenever
   * one has {@code limit} bytes, and keeps the last {@code files}.
   */
  public LaunchRequest logLimit(long limit, int files) {
    place = new Frame.LogPlace(place.start(), limit, files);
    return this;
  }

  /** Where the monitor listens for those who take over a detached process. */
  public LaunchRequest listener(Fd socket) {
    listener = socket;
    return this;
  }

  /** The monitor keeps a copy open as long as it lives: of a file that it is to hold a lock of. */
  public LaunchRequest hold(Fd file) {
    held.add(file);
    return this;
  }

  /** The directory where the monitor leaves the file {@code exit}. */
  public LaunchRequest state(Fd directory) {
    state = directory;
    return this;
  }

  /** Standard input; the null device by default. */
  public LaunchRequest stdin(Fd readEnd) {
    stdin = readEnd;
    return this;
  }

  /** Standard output and error where there is no log; the null device by default. */
  public LaunchRequest output(Fd outWriteEnd, Fd errWriteEnd) {
    stdout = outWriteEnd;
    stderr = errWriteEnd;
    return this;
  }

  /**
   * Nothing is reported but what failed or the exit, and until then standard output and error do
   * not end: for who wants no more than what the program wrote and how it ended.
   */
  public LaunchRequest quiet() {
    quiet = true;
    return this;
  }

  /** The process waits, in its new namespaces, for {@link Launched#go}. */
  public LaunchRequest waitForGo() {
    waitForGo = true;
    return this;
  }

  /** The process outlives this one. */
  public LaunchRequest detached() {
    detached = true;
    return this;
  }

  /**
   * The monitor ends once the process runs its program, or waits for {@link StartSteps#awaitStart}:
   * whoever adopts orphans here reaps the process, which does not die with this one.
   */
  public LaunchRequest leave() {
    leave = true;
    return this;
  }

  /**
   * The process is born in a new time namespace.
   *
   * @param offsets lines of {@code clock seconds nanoseconds}, as time_namespaces(7) has them
   */
  public LaunchRequest time(String offsets) {
    monitorOperations.unshare(Namespace.TIME);
    if (!offsets.isEmpty()) {
      monitorOperations.writeFile("/proc/self/timens_offsets", offsets);
    }
    return this;
  }

  /** The names of all operations, the monitor's first, as an ERROR report counts them. */
  public List<String> names() {
    List<String> names = new ArrayList<>(monitorOperations.build().names());
    names.addAll(operations.names());
    return names;
  }

  /** When memory is short the kernel treats the process like any other. */
  void notSpared() {
    monitorOperations.writeFile("/proc/self/oom_score_adj", "0");
  }

  /** Descriptors 0 to 2 of the launcher. */
  List<Fd> standardDescriptors(Fd nullDevice) {
    return List.of(
        stdin == null ? nullDevice : stdin,
        stdout == null ? nullDevice : stdout,
        stderr == null ? nullDevice : stderr);
  }

  /** The request as the launcher reads it. */
  Frame frame() {
    Operations before = monitorOperations.build();
    List<Fd> passed = new ArrayList<>(operations.descriptors());
    passed.addAll(before.descriptors());
    passed.addAll(held);
    return new Frame(
        before,
        operations,
        Namespace.flags(namespaces),
        flags(),
        Optional.ofNullable(cgroup),
        Optional.ofNullable(log),
        Optional.ofNullable(state),
        Optional.ofNullable(listener),
        place,
        passed);
  }

  private int flags() {
    return (waitForGo ? Frame.WAIT_FOR_GO : 0)
        | (quiet ? Frame.QUIET : 0)
        | (detached ? Frame.DETACHED : 0)
        | (leave ? Frame.LEAVE : 0)
        | (ofUser && waitForGo ? Frame.VISIBLE : 0);
  }
}
