package io.jollyboat.engine;

import io.jollyboat.ContainerId;
import io.jollyboat.StoreException;
import io.jollyboat.linux.process.InheritedLock;
import io.jollyboat.oci.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Whose the detached containers of a root are: among the living engines of {@link RuntimeDirectory}
 * one more, with an id that is made of the root. Its lock is held by the monitors of the containers
 * and by every engine that has to do with them; when nobody has it what its id names is cleared as
 * that of any dead engine. Safe for use by several threads.
 */
final class DetachedOwner implements AutoCloseable {
  private static final long PAUSE_NANOS = 2_000_000;

  private final Path own;
  private @Nullable InheritedLock lock;

  private DetachedOwner(Path own, InheritedLock lock) {
    this.own = own;
    this.lock = lock;
  }

  /** Eight hexadecimal digits, the same for every engine of the root. */
  static String id(Path root) {
    String name = "detached containers of " + root;
    return Digest.sha256(name.getBytes(StandardCharsets.UTF_8)).hex().substring(0, 8);
  }

  /** Where the monitor of a container listens: short, as the path of a socket has to be. */
  static Path socket(Path base, Path root, ContainerId container) {
    return base.resolve(id(root)).resolve(container.shortHex() + RuntimeDirectory.SOCKET);
  }

  /** Enters the owner, or joins those who have; one that is just being cleared is waited for. */
  static DetachedOwner enter(Path base, Path root) {
    Path own = base.resolve(id(root));
    try {
      while (true) {
        Files.createDirectories(
            own,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Optional<InheritedLock> lock = InheritedLock.tryShared(own.resolve("lock"));
        if (lock.isPresent() && lock.get().isOf(own.resolve("lock"))) {
          return new DetachedOwner(own, lock.get()).named(root);
        }
        lock.ifPresent(InheritedLock::close);
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    } catch (IOException e) {
      throw new StoreException("cannot enter " + own + ": " + e, e);
    }
  }

  private DetachedOwner named(Path root) throws IOException {
    Path file = own.resolve("root");
    if (!Files.exists(file)) {
      Path staged = Files.createTempFile(own, "root", ".new");
      Files.writeString(staged, root.toString());
      Files.move(staged, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return this;
  }

  /** Its directory. */
  Path directory() {
    return own;
  }

  /** One more holder of the lock, to be handed on. */
  InheritedLock handle() {
    return InheritedLock.tryShared(own.resolve("lock"))
        .orElseThrow(() -> new IllegalStateException("the lock of " + own + " is not held"));
  }

  @Override
  public synchronized void close() {
    InheritedLock held = lock;
    lock = null;
    if (held != null) {
      held.close();
    }
  }
}
