package io.jollyboat.linux.process;

import io.jollyboat.linux.launcher.LaunchRequest;
import io.jollyboat.linux.launcher.Namespace;
import io.jollyboat.linux.launcher.Operations;
import io.jollyboat.linux.launcher.OperationsBuilder;
import io.jollyboat.linux.syscall.Fd;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A program to run beside a process. Not safe for use by several threads. */
public final class ExecRequest {

  private final Fd target;
  private final Function<OperationsBuilder, Operations> program;
  private Set<Namespace> namespaces =
      EnumSet.of(
          Namespace.MOUNT,
          Namespace.PID,
          Namespace.IPC,
          Namespace.UTS,
          Namespace.NETWORK,
          Namespace.CGROUP);
  private List<String> cgroupFiles = List.of();
  private OptionalInt pipesOwner = OptionalInt.empty();
  private @Nullable Fd cgroup;
  private @Nullable Fd users;
  private boolean interactive;
  private boolean terminal;
  private boolean bornAtOnce;

  /**
   * @param target descriptor of the process
   * @param program adds what comes once the namespaces are joined: working directory, rights and
   *     the program itself
   */
  public ExecRequest(Fd target, Function<OperationsBuilder, Operations> program) {
    this.target = target;
    this.program = program;
  }

  /** The namespaces to join; without this, all but the user namespace. */
  public ExecRequest namespaces(Set<Namespace> kinds) {
    namespaces = Set.copyOf(kinds);
    return this;
  }

  /** Files to which the program's process writes {@code 0}: the target's v1 cgroups. */
  public ExecRequest cgroupFiles(List<String> files) {
    cgroupFiles = List.copyOf(files);
    return this;
  }

  /** The target's v2 cgroup, in which the program's process is born. */
  public ExecRequest cgroup(Fd directory) {
    cgroup = directory;
    return this;
  }

  /** The user namespace that owns the target's others, where that is not the caller's usual one. */
  public ExecRequest userNamespace(Fd namespace) {
    users = namespace;
    return this;
  }

  /** Gives the program's pipes to a user of the host, when those inside are others. */
  public ExecRequest pipesOwner(int uid) {
    pipesOwner = OptionalInt.of(uid);
    return this;
  }

  /** Standard input stays open; otherwise it is empty. */
  public ExecRequest interactive() {
    interactive = true;
    return this;
  }

  /** The program's operations open a terminal, in place of pipes. */
  public ExecRequest terminal() {
    terminal = true;
    return this;
  }

  /**
   * The process is born in the target's pid namespace: while it gives up its rights nobody there
   * may trace it. Without this it enters that last, which costs one more process.
   */
  public ExecRequest bornAtOnce() {
    bornAtOnce = true;
    return this;
  }

  boolean hasUserNamespace() {
    return users != null;
  }

  boolean isInteractive() {
    return interactive;
  }

  boolean hasTerminal() {
    return terminal;
  }

  /**
   * The order is the kernel's: the cgroups are joined while their files can still be seen, and the
   * user namespace last, for it owns none of the others. The pid namespace is entered only by the
   * child that becomes the program.
   *
   * @param usual the user namespace that owns the others, for all but root: joined first of all
   */
  LaunchRequest toLaunch(Optional<Fd> usual) {
    OperationsBuilder operations = Operations.builder();
    cgroupFiles.forEach(file -> operations.writeFile(file, "0"));
    pipesOwner.ifPresent(operations::ownPipes);
    Set<Namespace> before = bornAtOnce ? Set.of(Namespace.PID) : Set.of();
    Set<Namespace> joined = without(Namespace.USER);
    joined.removeAll(before);
    if (!joined.isEmpty()) {
      operations.joinNamespaces(target, joined);
    }
    if (namespaces.contains(Namespace.USER)) {
      operations.joinNamespaces(target, Set.of(Namespace.USER));
    }
    LaunchRequest launch = new LaunchRequest(program.apply(operations));
    Optional.ofNullable(users).or(() -> usual).ifPresent(launch::userNamespace);
    if (!before.isEmpty()) {
      launch.joinBefore(target, before);
    }
    return cgroup == null ? launch : launch.cgroup(cgroup);
  }

  private Set<Namespace> without(Namespace... removed) {
    Set<Namespace> rest = EnumSet.noneOf(Namespace.class);
    rest.addAll(namespaces);
    List.of(removed).forEach(rest::remove);
    return rest;
  }
}
