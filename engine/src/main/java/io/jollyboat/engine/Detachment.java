package io.jollyboat.engine;

import io.jollyboat.ConflictException;
import io.jollyboat.linux.process.InheritedLock;
import io.jollyboat.linux.process.ProcessRequest;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.SocketCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * What is handed to the monitor of a detached process, open here during the start only. Not safe
 * for use by several threads.
 */
final class Detachment implements AutoCloseable {
  private static final int BACKLOG = 16;
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final long PAUSE_NANOS = 1_000_000;

  private final CloseStack open = new CloseStack();
  private final List<Fd> held = new ArrayList<>();
  private Optional<Fd> listener = Optional.empty();

  private final boolean wanted;

  private Detachment(boolean wanted) {
    this.wanted = wanted;
  }

  /**
   * Prepares a start; of a process that is not detached there is nothing to prepare.
   *
   * @throws ConflictException if a monitor has the container's lock: it runs
   */
  static Detachment of(ProcessPlan plan, DetachedParts parts) {
    Detachment detachment = new Detachment(plan.detached());
    if (plan.detached()) {
      try {
        detachment.prepare(plan, parts);
      } catch (RuntimeException e) {
        detachment.open.closeAfter(e);
        throw e;
      }
    }
    return detachment;
  }

  /** The lock comes first: what it guards is cleared next. */
  private void prepare(ProcessPlan plan, DetachedParts parts) {
    InheritedLock own = lock(plan.directory(), plan.id().shortHex());
    held.add(open.push(own).descriptor());
    held.add(open.push(parts.handle()).descriptor());
    parts.renew(plan.id());
    Path socket = parts.socket(plan.id());
    try {
      Files.deleteIfExists(socket); // of an earlier start
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + socket, e);
    }
    listener = Optional.of(open.push(SocketCalls.listen(socket.toString(), BACKLOG)));
  }

  /** Hands it to a process that is to be started. */
  void to(ProcessRequest request, Path directory) {
    if (wanted) {
      request.detached().state(directory);
      held.forEach(request::hold);
      listener.ifPresent(request::listener);
    }
  }

  /**
   * The lock of a container that does not run; a monitor whose last report has just come has it for
   * a moment more.
   *
   * @throws ConflictException if it runs
   */
  static InheritedLock lock(Path directory, String container) {
    Path file = directory.resolve("lock");
    long end = System.nanoTime() + PATIENCE.toNanos();
    Optional<InheritedLock> own = InheritedLock.tryExclusive(file);
    while (own.isEmpty() && System.nanoTime() < end) {
      LockSupport.parkNanos(PAUSE_NANOS);
      own = InheritedLock.tryExclusive(file);
    }
    return own.orElseThrow(
        () ->
            new ConflictException(
                "container " + container + " runs: another engine has started it", container));
  }

  @Override
  public void close() {
    open.close();
  }
}
