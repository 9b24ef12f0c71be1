package io.jollyboat.engine;

import io.jollyboat.ConflictException;
import io.jollyboat.ContainerException;
import io.jollyboat.ContainerProcess;
import io.jollyboat.ExecResult;
import io.jollyboat.ExecSpec;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.linux.cgroup.CgroupMembership;
import io.jollyboat.linux.launcher.Namespace;
import io.jollyboat.linux.process.ExecOutcome;
import io.jollyboat.linux.process.ExecRequest;
import io.jollyboat.linux.rootfs.ContainerPlan.Rights;
import io.jollyboat.linux.rootfs.ImageUser;
import io.jollyboat.linux.rootfs.JoinPlan;
import io.jollyboat.linux.rootfs.Surroundings;
import io.jollyboat.linux.security.Capabilities;
import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.KernelException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/** Runs commands beside the first processes of containers. Safe for use by several threads. */
final class ContainerCommands {
  private static final Set<Namespace> NAMESPACES =
      Set.copyOf(EnumSet.complementOf(EnumSet.of(Namespace.USER)));

  private final LinuxParts linux;
  private final Isolator isolator;
  private final ProcessEnvironment environment;

  ContainerCommands(LinuxParts linux, Isolator isolator, ProcessEnvironment environment) {
    this.linux = linux;
    this.isolator = isolator;
    this.environment = environment;
  }

  /** Runs a command and waits for it. */
  ExecResult run(String container, IsolatedProcess target, List<String> words) {
    ExecSpec spec = ExecSpec.of(words.toArray(String[]::new));
    return translated(
        container,
        words,
        () -> {
          ExecOutcome outcome = with(target, spec, linux.processes()::exec);
          return new ExecResult(outcome.code(), outcome.out(), outcome.err(), outcome.truncated());
        });
  }

  /** Starts a command and waits until it runs. */
  ContainerProcess start(String container, IsolatedProcess target, ExecSpec spec) {
    return translated(
        container,
        spec.words(),
        () -> new ExecProcess(with(target, spec, linux.processes()::join)));
  }

  private <T> T with(IsolatedProcess target, ExecSpec spec, Function<ExecRequest, T> start) {
    CgroupMembership groups = target.cgroup().membership();
    ExecRequest request = request(target, spec, groups);
    if (groups.unified().isEmpty()) {
      return start.apply(request);
    }
    try (Fd directory = Isolator.openDirectory(groups.unified().get())) {
      return start.apply(request.cgroup(directory));
    }
  }

  private ExecRequest request(IsolatedProcess target, ExecSpec spec, CgroupMembership groups) {
    JoinPlan plan = plan(target.plan(), spec);
    ExecRequest request =
        new ExecRequest(
            target.process().descriptor(),
            operations -> linux.isolation().execute(operations, plan));
    Set<Namespace> joined = EnumSet.copyOf(NAMESPACES);
    if (linux.userNamespace().isPresent()) {
      // An ordinary user may not enter this machine's own, in which he is already.
      joined.removeIf(target.plan().setting().surroundings().namespaces()::isHost);
    }
    if (spec.unconfined()) {
      target.tracers().admit();
    }
    if (!target.tracers().arePossible()) {
      request.bornAtOnce();
    }
    target.users().ifPresent(users -> request.userNamespace(users.descriptor()));
    Rights rights = plan.rights();
    if (rights.userNamespace().isPresent()) {
      joined.add(Namespace.USER);
    }
    rights.mappedIds().ifPresent(ids -> request.pipesOwner(ids.userOutside(rights.user().uid())));
    request.namespaces(joined).cgroupFiles(groups.tasks().stream().map(Path::toString).toList());
    if (spec.stdinOpen()) {
      request.interactive();
    }
    if (spec.terminal().isPresent()) {
      request.terminal();
    }
    return request;
  }

  private JoinPlan plan(ProcessPlan container, ExecSpec spec) {
    ImageUser user = isolator.user(container, spec.user().orElse(container.user()));
    Map<String, String> own = new HashMap<>(container.environment());
    own.putAll(spec.env());
    Surroundings surroundings = container.setting().surroundings();
    Rights rights = isolator.rights(container, user);
    return new JoinPlan(
        spec.unconfined() ? unconfined(rights) : rights,
        surroundings.limits(),
        spec.terminal().map(size -> new Surroundings.Terminal(size.rows(), size.columns())),
        spec.workdir().orElse(container.workdir()),
        spec.words(),
        environment.of(
            user.home(),
            surroundings.hostname(),
            spec.terminal().isPresent(),
            container.imageEnvironment(),
            own));
  }

  private static Rights unconfined(Rights rights) {
    return new Rights(
        rights.user(),
        Capabilities.ofThisProcess(),
        rights.noNewPrivileges(),
        Optional.empty(),
        rights.userNamespace(),
        Optional.empty());
  }

  /** An action that the kernel may refuse. */
  private interface Action<T> {
    T run();
  }

  private static <T> T translated(String container, List<String> words, Action<T> action) {
    try {
      return action.run();
    } catch (IllegalStateException e) {
      // The process's descriptor is closed with the container.
      throw new ConflictException("container " + container + " was closed meanwhile", container, e);
    } catch (IllegalArgumentException e) {
      throw refused(container, words, String.valueOf(e.getMessage()), OptionalInt.empty(), e);
    } catch (KernelException e) {
      if (e.is(Errno.EINTR) && Thread.currentThread().isInterrupted()) {
        throw new InterruptedOperationException(
            "the command in container " + container + " was interrupted", e);
      }
      if (e.is(Errno.ESRCH) || e.is(Errno.EPIPE)) {
        throw new ConflictException("container " + container + " has ended", container, e);
      }
      throw refused(
          container, words, StartFailure.explain(words, e), OptionalInt.of(e.errno().number()), e);
    }
  }

  private static ContainerException refused(
      String container, List<String> words, String why, OptionalInt errno, RuntimeException e) {
    String operation =
        e instanceof KernelException refused
            ? refused.call() + " " + refused.what()
            : "check the command";
    return new ContainerException(
        "cannot execute " + words + " in container " + container + ": " + why,
        operation,
        errno,
        "",
        e);
  }
}
