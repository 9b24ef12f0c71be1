package io.jollyboat.build;

import io.jollyboat.CacheEntry;
import io.jollyboat.ConflictException;
import io.jollyboat.JollyboatException;
import io.jollyboat.Size;
import io.jollyboat.StoreException;
import io.jollyboat.dockerfile.RunMount.Sharing;
import io.jollyboat.oci.Digest;
import io.jollyboat.spi.host.FileLocks;
import io.jollyboat.spi.host.LayerTree;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.store.TreeArchive;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The directories of {@code RUN --mount=type=cache}: they outlive builds, and every step that names
 * the same id sees the same one, in other processes on the same store too. Who uses one holds a
 * lock on it: shared, or alone. Safe for use by several threads.
 */
public final class CacheMounts {
  private static final String ID = ".id";

  private final Path directory;
  private final FileLocks locks;
  private final LayerTrees trees;

  /**
   * @param root of the store
   */
  CacheMounts(Path root, FileLocks locks, LayerTrees trees) {
    this.directory = root.resolve("cache-mounts");
    this.locks = locks;
    this.trees = trees;
  }

  /** A directory in use; closing it lets others have it. */
  record Held(Path directory, FileLocks.Lock lock) implements AutoCloseable {
    @Override
    public void close() {
      lock.close();
    }
  }

  /** Makes a directory that is not there yet, with what it starts from. */
  interface Start {
    void make(Path directory) throws IOException;
  }

  /** The name of an id's directory, and the order in which a step takes several. */
  static String name(String id) {
    return Digest.sha256(id.getBytes(StandardCharsets.UTF_8)).hex();
  }

  /** Waits for a locked one. A private one that is in use is another, empty directory. */
  Held take(String id, Sharing sharing, Start start) throws IOException {
    Files.createDirectories(directory);
    String name = name(id);
    String taken = name;
    Optional<FileLocks.Lock> lock =
        switch (sharing) {
          case SHARED -> Optional.of(locks.shared(use(name)));
          case LOCKED -> Optional.of(locks.exclusive(use(name)));
          case PRIVATE -> locks.tryExclusive(use(name));
        };
    for (int i = 1; lock.isEmpty(); i++) {
      taken = name + "-" + i;
      lock = locks.tryExclusive(use(taken));
    }
    Held held = new Held(directory.resolve(taken), lock.get());
    try {
      make(held.directory(), start);
      remember(taken, id);
      return held;
    } catch (IOException | RuntimeException e) {
      held.close();
      throw e;
    }
  }

  /** What it is called, and by the time of the file when it was last of use. */
  private void remember(String name, String id) throws IOException {
    Path file = directory.resolve(name + ID);
    ContextDigests.replace(file, id.getBytes(StandardCharsets.UTF_8));
  }

  /** All that there are, the latest used first. */
  public List<CacheEntry> list() {
    List<CacheEntry> all = new ArrayList<>();
    for (String name : names()) {
      entry(name).ifPresent(all::add);
    }
    all.sort(Comparator.comparing(CacheEntry::lastUsed).reversed());
    return List.copyOf(all);
  }

  private List<String> names() {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(ID))
          .map(name -> name.substring(0, name.length() - ID.length()))
          .filter(name -> Files.isDirectory(directory.resolve(name)))
          .sorted()
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new StoreException("cannot list " + directory + ": " + e, e);
    }
  }

  private Optional<CacheEntry> entry(String name) {
    Optional<FileLocks.Lock> alone = locks.tryExclusive(use(name));
    alone.ifPresent(FileLocks.Lock::close);
    try {
      Path file = directory.resolve(name + ID);
      return Optional.of(
          new CacheEntry(
              CacheEntry.Kind.MOUNT,
              Files.readString(file),
              "--mount=type=cache",
              size(directory.resolve(name)),
              Files.getLastModifiedTime(file).toInstant(),
              alone.isEmpty()));
    } catch (IOException e) {
      return Optional.empty(); // removed meanwhile
    }
  }

  /** As far as it can be seen while commands may write there. */
  private Size size(Path mount) {
    long[] bytes = {0};
    try (LayerTree tree = trees.open(mount)) {
      tree.forEach((entry, content) -> bytes[0] += entry.size());
    } catch (IOException e) {
      return new Size(bytes[0]);
    }
    return new Size(bytes[0]);
  }

  /** Removes the directories of an id that no command sees; says whether there were any. */
  public boolean remove(String id) {
    boolean removed = false;
    for (String name : names()) {
      if (name.equals(name(id)) || name.startsWith(name(id) + "-")) {
        Optional<FileLocks.Lock> alone = locks.tryExclusive(use(name));
        if (alone.isPresent()) {
          try (FileLocks.Lock unused = alone.get()) {
            delete(name);
            removed = true;
          }
        }
      }
    }
    return removed;
  }

  private void delete(String name) {
    try {
      trees.delete(directory.resolve(name));
      Files.deleteIfExists(directory.resolve(name + ID));
    } catch (IOException e) {
      throw new StoreException("cannot remove the cache mount " + name + ": " + e, e);
    }
  }

  /**
   * Writes what an id's directory holds as a tar archive.
   *
   * @throws ConflictException when there is none
   */
  public void export(String id, OutputStream archive) {
    Path mount = directory.resolve(name(id));
    if (!names().contains(name(id))) {
      throw new ConflictException(
          "no cache mount is called \"" + id + "\"; list() names those that there are", id);
    }
    try (FileLocks.Lock unused = locks.shared(use(name(id)));
        LayerTree tree = trees.open(mount)) {
      TreeArchive tar = new TreeArchive(archive);
      tree.forEach(tar);
      tar.finish();
    } catch (IOException e) {
      throw Interruptions.in(e, "the export of a cache mount")
          .map(JollyboatException.class::cast)
          .orElseGet(() -> new StoreException("cannot write the archive of " + id + ": " + e, e));
    }
  }

  private Path use(String name) {
    return directory.resolve(name + ".lock");
  }

  /** Under another name until it is whole: a process may end at any moment. */
  private void make(Path place, Start start) throws IOException {
    Path part = place.resolveSibling(place.getFileName() + ".part");
    try (FileLocks.Lock unused =
        locks.exclusive(place.resolveSibling(part.getFileName() + ".lock"))) {
      if (Files.notExists(place)) {
        start.make(part);
        Files.move(part, place);
      }
    }
  }
}
