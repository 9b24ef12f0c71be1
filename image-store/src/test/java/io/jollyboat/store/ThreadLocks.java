package io.jollyboat.store;

import io.jollyboat.StoreException;
import io.jollyboat.spi.host.FileLocks;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** Locks among the threads of one program, for tests: several stores must share one. */
final class ThreadLocks implements FileLocks {
  private static final int MANY = 1000;
  private final Map<Path, Semaphore> semaphores = new ConcurrentHashMap<>();

  private Semaphore of(Path file) {
    try {
      Files.createFile(file);
    } catch (FileAlreadyExistsException e) {
      // Locks share the file.
    } catch (IOException e) {
      throw new StoreException("no lock " + file, e);
    }
    return semaphores.computeIfAbsent(file, f -> new Semaphore(MANY, true));
  }

  private static Lock held(Semaphore semaphore, int permits) {
    return () -> semaphore.release(permits);
  }

  @Override
  public Lock exclusive(Path file) {
    Semaphore semaphore = of(file);
    semaphore.acquireUninterruptibly(MANY);
    return held(semaphore, MANY);
  }

  @Override
  public Lock shared(Path file) {
    Semaphore semaphore = of(file);
    semaphore.acquireUninterruptibly();
    return held(semaphore, 1);
  }

  @Override
  public Optional<Lock> tryExclusive(Path file) {
    Semaphore semaphore = of(file);
    return semaphore.tryAcquire(MANY) ? Optional.of(held(semaphore, MANY)) : Optional.empty();
  }
}
