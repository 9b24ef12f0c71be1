package io.jollyboat.engine;

import io.jollyboat.ConflictException;
import io.jollyboat.linux.process.MonitoredProcess;
import io.jollyboat.linux.rootfs.ContainerTree;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Access to the files of one container. One that runs has a process that sees them; for one that
 * does not, a process is started that holds its root and mounts, in a namespace of their own, and
 * does nothing else. It is shared, for a second overlay on the same directories would harm both,
 * and for the same reason the container cannot start meanwhile. Safe for use by several threads.
 */
final class HeldFiles implements AutoCloseable {
  private final Supplier<String> container;
  private final Supplier<IsolatedFiles> hold;
  private @Nullable IsolatedFiles held;
  private int users;

  /** A process that holds files; closing it ends it. */
  record IsolatedFiles(MonitoredProcess process, AutoCloseable rest) {
    void end() {
      try (CloseStack all = new CloseStack()) {
        all.push(rest);
        all.push(process);
      }
    }
  }

  /**
   * @param hold starts a process that holds the files
   */
  HeldFiles(Supplier<String> container, Supplier<IsolatedFiles> hold) {
    this.container = container;
    this.hold = hold;
  }

  /**
   * @param running the process of a container that runs
   */
  synchronized FileView open(Optional<MonitoredProcess> running) {
    if (running.isPresent()) {
      return new FileView(ContainerTree.of(running.get().identity()), () -> {});
    }
    if (held == null) {
      held = hold.get();
    }
    IsolatedFiles current = held;
    users++;
    try {
      return new FileView(ContainerTree.of(current.process().identity()), this::release);
    } catch (RuntimeException e) {
      release();
      throw e;
    }
  }

  private synchronized void release() {
    users--;
    if (users == 0) {
      close();
    }
  }

  /**
   * @throws ConflictException while somebody copies files of the container, which does not run
   */
  synchronized void requireFree() {
    if (held != null) {
      throw new ConflictException(
          "the files of container "
              + container.get()
              + " are being copied: close what copyFrom() returned, or wait, before it is started",
          container.get());
    }
  }

  /** Ends what is held: who still reads gets what he had opened, and then an error. */
  @Override
  public synchronized void close() {
    IsolatedFiles current = held;
    held = null;
    if (current != null) {
      current.end();
    }
  }
}
