package io.jollyboat.engine;

import io.jollyboat.InterruptedOperationException;
import io.jollyboat.StoreException;
import io.jollyboat.spi.host.FileLocks;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The engines that are alive on this machine, whatever their roots: a directory for each, whose
 * lock the engine holds. A lock that can be had belongs to a dead engine, and what its id names
 * (cgroups, links, tables, containers) may be cleared by whoever holds it. Safe for use by several
 * threads.
 */
final class RuntimeDirectory implements AutoCloseable {
  /** With it end the names of sockets that monitors listen on. */
  static final String SOCKET = ".sock";

  private static final String STAGED = "new-";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String engineId;
  private final Path own;
  private FileLocks.@Nullable Lock lock;

  private RuntimeDirectory(String engineId, Path own, FileLocks.Lock lock) {
    this.engineId = engineId;
    this.own = own;
    this.lock = lock;
  }

  /** Enters a new engine of {@code root}. */
  static RuntimeDirectory enter(Path base, FileLocks locks, Path root) {
    byte[] random = new byte[4];
    RANDOM.nextBytes(random);
    String id = HexFormat.of().formatHex(random);
    Path own = base.resolve(id);
    try {
      Files.createDirectories(
          base, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      // Others look only at directories that have the lock file: it is locked before it has its
      // name.
      Path staged = Files.createTempDirectory(base, STAGED);
      FileLocks.Lock lock = locks.exclusive(staged.resolve("lock"));
      Files.writeString(staged.resolve("root"), root.toString());
      Files.move(staged, own);
      return new RuntimeDirectory(id, own, lock);
    } catch (IOException e) {
      throw new StoreException(
          "cannot enter the engine in " + base + ": " + e + "; the directory must be writable", e);
    }
  }

  /** Eight hexadecimal digits that name this engine's cgroups, links and tables. */
  String engineId() {
    return engineId;
  }

  /**
   * Visits every dead engine, its lock held, and forgets those whose visit succeeded.
   *
   * @param visitor given the dead engine's id and its root
   */
  void sweep(FileLocks locks, BiConsumer<String, Path> visitor) {
    Path base = Optional.ofNullable(own.getParent()).orElseThrow();
    try (DirectoryStream<Path> engines = Files.newDirectoryStream(base)) {
      for (Path engine : engines) {
        Path lockFile = engine.resolve("lock");
        if (!engine.equals(own) && Files.exists(lockFile)) {
          trySweep(engine, lockFile, locks, visitor);
        }
      }
    } catch (IOException e) {
      throw new StoreException("cannot list the engines in " + base + ": " + e, e);
    }
  }

  /** Visits one engine if it is dead, as {@link #sweep} does. */
  static void clearIfDead(Path engine, FileLocks locks, BiConsumer<String, Path> visitor) {
    Path lockFile = engine.resolve("lock");
    if (Files.exists(lockFile)) {
      trySweep(engine, lockFile, locks, visitor);
    }
  }

  /** What one dead engine left must not keep others from opening: it is tried again by the next. */
  private static void trySweep(
      Path engine, Path lockFile, FileLocks locks, BiConsumer<String, Path> visitor) {
    try {
      if (!entering(engine)) {
        sweepOne(engine, lockFile, locks, visitor);
      }
    } catch (InterruptedOperationException e) {
      throw e;
    } catch (RuntimeException | IOException e) {
      if (Files.exists(lockFile)) { // else another engine did it meanwhile
        System.getLogger(RuntimeDirectory.class.getName())
            .log(
                System.Logger.Level.WARNING,
                "what dead engine " + engine.getFileName() + " left cannot be cleared yet: " + e);
      }
    }
  }

  /** Between making its lock file and holding the lock; one that took a minute was killed there. */
  private static boolean entering(Path engine) throws IOException {
    return String.valueOf(engine.getFileName()).startsWith(STAGED)
        && Files.getLastModifiedTime(engine)
            .toInstant()
            .isAfter(Instant.now().minus(Duration.ofMinutes(1)));
  }

  private static void sweepOne(
      Path engine, Path lockFile, FileLocks locks, BiConsumer<String, Path> visitor)
      throws IOException {
    Optional<FileLocks.Lock> dead = locks.tryExclusive(lockFile);
    if (dead.isEmpty()) {
      return;
    }
    try (FileLocks.Lock held = dead.get()) {
      Path rootFile = engine.resolve("root");
      String name = String.valueOf(engine.getFileName());
      // Without the file a sweep by another engine came first; a staged one has done nothing yet.
      if (Files.exists(rootFile) && !name.startsWith(STAGED)) {
        visitor.accept(name, Path.of(Files.readString(rootFile)));
      }
      forget(engine);
    }
  }

  private static void forget(Path engine) throws IOException {
    try (DirectoryStream<Path> sockets = Files.newDirectoryStream(engine, "*" + SOCKET)) {
      for (Path socket : sockets) {
        Files.deleteIfExists(socket);
      }
    }
    Files.deleteIfExists(engine.resolve("setup"));
    Files.deleteIfExists(engine.resolve("root"));
    Files.deleteIfExists(engine.resolve("lock"));
    try {
      Files.deleteIfExists(engine);
    } catch (DirectoryNotEmptyException e) {
      // A sweep was just opening the lock file and made it anew: it finds no root, and goes on
      // here.
      return;
    }
  }

  @Override
  public synchronized void close() {
    FileLocks.Lock held = lock;
    if (held == null) {
      return;
    }
    lock = null;
    try {
      forget(own);
    } catch (IOException e) {
      throw new StoreException("cannot leave " + own + ": " + e, e);
    } finally {
      held.close();
    }
  }
}
