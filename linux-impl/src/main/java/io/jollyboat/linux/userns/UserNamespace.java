package io.jollyboat.linux.userns;

import io.jollyboat.EngineUnavailableException;
import io.jollyboat.Probe;
import io.jollyboat.linux.launcher.LauncherBinary;
import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.NamespaceCalls;
import io.jollyboat.linux.syscall.OpenFlags;
import io.jollyboat.linux.syscall.Pid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The user namespace of an engine whose process is not root of the machine: its containers live in
 * it, and its layers' files belong to the users of it. Made when first needed, and gone with the
 * last process in it. Safe for use by several threads.
 */
public final class UserNamespace implements AutoCloseable {
  private final Path copies;
  private final IdMapping mapping;
  private final @Nullable Fd joined;
  private @Nullable Keeper keeper;
  private @Nullable KeeperSockets sockets;
  private boolean closed;

  private UserNamespace(Path copies, IdMapping mapping, @Nullable Fd joined) {
    this.copies = copies;
    this.mapping = mapping;
    this.joined = joined;
  }

  /**
   * None for root, who needs none.
   *
   * @param copies private directory for a copy of the launcher where memory files may not be
   *     executed; made when needed
   */
  public static Optional<UserNamespace> forThisProcess(Path copies) {
    ProcessRights rights = ProcessRights.ofThisProcess();
    return rights.isRootOfMachine()
        ? Optional.empty()
        : Optional.of(new UserNamespace(copies, IdMapping.of(rights), null));
  }

  /**
   * One with these ids, for a process that may map them.
   *
   * @param copies as for {@link #forThisProcess}
   */
  static UserNamespace of(Path copies, OwnerIds ids) {
    return new UserNamespace(
        copies, new IdMapping(ProcessRights.ofThisProcess(), ids, Optional.empty()), null);
  }

  /**
   * The one that a container's mounts belong to, which another engine of this user has started with
   * the same ids: the kernel lets him who made a namespace in.
   *
   * @throws KernelException when the process has ended
   */
  public UserNamespace of(Pid process) {
    try (Fd mounts = process.open("ns/mnt", OpenFlags.O_RDONLY)) {
      return new UserNamespace(copies, mapping, NamespaceCalls.owner(mounts));
    }
  }

  /** The users and groups in it. */
  public OwnerIds ids() {
    return mapping.ids();
  }

  /**
   * For a process of this user to join it, by setns(2).
   *
   * @throws EngineUnavailableException when the machine allows no such namespace
   */
  public Fd descriptor() {
    return joined == null ? keeper().namespace() : joined;
  }

  /** Calls on files as the root of the namespace. */
  public KeeperFiles files() {
    return new KeeperFiles(keeper());
  }

  /** A stream socket of a network that belongs to it; {@code family} is AF_INET or AF_INET6. */
  public Fd streamSocket(Fd network, int family) {
    return sockets().stream(network, family);
  }

  private synchronized KeeperSockets sockets() {
    if (sockets == null) {
      sockets = new KeeperSockets(keeper());
    }
    return sockets;
  }

  private synchronized Keeper keeper() {
    if (closed) {
      throw new IllegalStateException("the engine is closed");
    }
    if (keeper == null) {
      keeper = start();
    }
    return keeper;
  }

  private Keeper start() {
    try {
      Files.createDirectories(copies);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + copies, e);
    }
    try (LauncherBinary binary = LauncherBinary.load(copies)) {
      return joined == null ? Keeper.start(binary, mapping::write) : Keeper.join(binary, joined);
    } catch (KernelException e) {
      throw refused(e);
    }
  }

  private static EngineUnavailableException refused(KernelException e) {
    String reason = "this user may not make a user namespace: " + e.getMessage();
    String remedy = UserNamespaceLimits.remedy(e.is(Errno.ENOSPC));
    Probe.Capability missing =
        new Probe.Capability("user namespaces", Probe.Status.MISSING, reason, remedy);
    return new EngineUnavailableException(reason + "; " + remedy, new Probe(List.of(missing)), e);
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (sockets != null) {
      sockets.close();
      sockets = null;
    }
    if (keeper != null) {
      keeper.close();
      keeper = null;
    }
    if (joined != null) {
      joined.close();
    }
  }
}
