package io.jollyboat.store;

import io.jollyboat.InterruptedOperationException;
import io.jollyboat.JollyboatException;
import io.jollyboat.StoreException;
import io.jollyboat.spi.host.FileLocks;
import io.jollyboat.spi.host.LayerTrees;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The directories of a store, names for temporary files in it, and its locks. The temporary
 * directory of a process is locked for as long as the process lives; those that are not belong to
 * dead ones. Safe for use by several threads.
 */
final class StoreFiles implements AutoCloseable {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path root;
  private final FileLocks locks;
  private final LayerTrees trees;
  private final Path temporary;
  private final FileLocks.Lock temporaryLock;
  private final AtomicLong nextTemporary = new AtomicLong();

  private StoreFiles(Path root, FileLocks locks, LayerTrees trees) throws IOException {
    this.root = root;
    this.locks = locks;
    this.trees = trees;
    for (String name : List.of("tmp", "locks", "layers", "images", "cache", "sources", "blobs")) {
      Files.createDirectories(root.resolve(name));
    }
    this.temporary = root.resolve("tmp").resolve(ProcessHandle.current().pid() + "-" + random());
    // Nobody may take the new directory for a dead process's between its making and its locking.
    FileLocks.Lock making = lock("tmp");
    try {
      Files.createDirectory(temporary);
      this.temporaryLock = locks.exclusive(temporary.resolve("lock"));
    } finally {
      making.close();
    }
  }

  static StoreFiles open(Path root, FileLocks locks, LayerTrees trees) {
    try {
      return new StoreFiles(root, locks, trees);
    } catch (IOException e) {
      throw failure("the store " + root + " cannot be opened", e);
    }
  }

  private static String random() {
    byte[] bytes = new byte[6];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  Path root() {
    return root;
  }

  LayerTrees trees() {
    return trees;
  }

  /** A file or directory of the store. */
  Path path(String directory, String name) {
    return root.resolve(directory).resolve(name);
  }

  /** A name for a new file or directory, on the store's file system. */
  Path newTemporary() {
    return temporary.resolve(Long.toString(nextTemporary.getAndIncrement()));
  }

  /** Waits for one of the store's locks. */
  FileLocks locks() {
    return locks;
  }

  FileLocks.Lock lock(String name) {
    return locks.exclusive(path("locks", name));
  }

  FileLocks.Lock sharedLock(String name) {
    return locks.shared(path("locks", name));
  }

  Optional<FileLocks.Lock> tryLock(String name) {
    return locks.tryExclusive(path("locks", name));
  }

  /** The content of a small file; empty when there is none. */
  Optional<byte[]> read(Path file) {
    try {
      return Optional.of(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failure("cannot read " + file, e);
    }
  }

  /** Puts a file in place of what was there, at once and with its content on disk. */
  void replace(Path file, byte[] content) {
    Path written = newTemporary();
    try {
      try (FileOutputStream out = new FileOutputStream(written.toFile())) {
        out.write(content);
        out.getFD().sync();
      }
      Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw failure("cannot write " + file, e);
    }
  }

  /** Gives a finished directory its name; false when that name is taken. */
  boolean publish(Path directory, Path name) {
    try {
      Files.move(directory, name, StandardCopyOption.ATOMIC_MOVE);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (IOException e) {
      if (Files.exists(name)) {
        return false;
      }
      throw failure("cannot rename " + directory + " to " + name, e);
    }
  }

  void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw failure("cannot delete " + file, e);
    }
  }

  /** Deletes a published directory: it is gone at once, though not yet from the disk. */
  void deleteTree(Path directory) {
    Path doomed = newTemporary();
    if (Files.exists(directory) && publish(directory, doomed)) {
      trees.delete(doomed);
    }
  }

  /** The names in one of the store's directories. */
  List<String> list(String directory) {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve(directory))) {
      entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      throw new StoreException("cannot list " + root.resolve(directory) + ": " + e, e);
    }
    return names;
  }

  /** Deletes the temporary directories of processes that are dead. */
  void deleteAbandoned() {
    FileLocks.Lock making = lock("tmp");
    try {
      for (String name : list("tmp")) {
        Path directory = path("tmp", name);
        if (!directory.equals(temporary) && Files.isDirectory(directory)) {
          locks
              .tryExclusive(directory.resolve("lock"))
              .ifPresent(
                  lock -> {
                    trees.delete(directory);
                    lock.close();
                  });
        }
      }
    } finally {
      making.close();
    }
  }

  /** What an input or output error in the store means. */
  static JollyboatException failure(String what, IOException e) {
    if (isInterrupt(e)) {
      Thread.currentThread().interrupt();
      return new InterruptedOperationException(what + ": interrupted", e);
    }
    String why = e.getMessage() == null ? e.toString() : e.getMessage();
    return new StoreException(what + ": " + why, e);
  }

  static boolean isInterrupt(IOException e) {
    return e instanceof ClosedByInterruptException || e instanceof InterruptedIOException;
  }

  /** Ends the operation when the thread was interrupted, leaving its flag set. */
  static void checkInterrupt(String what) {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedOperationException(what + ": interrupted", null);
    }
  }

  @Override
  public void close() {
    trees.delete(temporary);
    temporaryLock.close();
  }
}
