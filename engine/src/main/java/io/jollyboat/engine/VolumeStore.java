package io.jollyboat.engine;

import io.jollyboat.ConflictException;
import io.jollyboat.StoreException;
import io.jollyboat.Volume;
import io.jollyboat.Volumes;
import io.jollyboat.spi.host.FileLocks;
import io.jollyboat.spi.host.LayerTree;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code volumes/<name>/{record, data, used}} of a store: {@code used} is there once a container
 * had the volume, which is then no longer filled. Safe for use by several threads and processes.
 */
final class VolumeStore implements Volumes {
  static final String VOLUMES = "volumes";
  private static final String DATA = "data";
  private static final String USED = "used";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path directory;
  private final Path containers;
  private final FileLocks locks;
  private final LayerTrees trees;

  VolumeStore(Path root, FileLocks locks, LayerTrees trees) {
    this.directory = root.resolve(VOLUMES);
    this.containers = root.resolve("containers");
    this.locks = locks;
    this.trees = trees;
  }

  static String newName() {
    byte[] random = new byte[32];
    RANDOM.nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /** The files of a volume. */
  Path data(String name) {
    return directory.resolve(name).resolve(DATA);
  }

  /**
   * Notes what a container uses, and makes what is missing. From then on nobody removes it.
   *
   * @param container its directory
   */
  void use(Path container, VolumeUse use) {
    try (FileLocks.Lock held = lock()) {
      use.write(container);
      use.named().forEach(name -> make(name, Map.of(), false));
      use.anonymous().values().forEach(name -> make(name, Map.of(), true));
    }
  }

  /**
   * Fills a volume that no container has had, unless something is in it.
   *
   * @param content opens what it is filled with; empty for nothing
   */
  void fill(String name, java.util.function.Supplier<Optional<LayerTree>> content) {
    Path volume = directory.resolve(name);
    if (Files.exists(volume.resolve(USED))) {
      return;
    }
    try (FileLocks.Lock held = locks.exclusive(volume.resolve("lock"))) {
      if (!Files.exists(volume.resolve(USED))) {
        if (isEmpty(volume.resolve(DATA))) {
          copy(volume, content);
        }
        Files.writeString(volume.resolve(USED), "");
      }
    } catch (IOException e) {
      throw new StoreException("cannot fill volume " + name + " from the image: " + e, e);
    }
  }

  /** Under another name first: a process that is killed leaves no half-filled volume. */
  private void copy(Path volume, java.util.function.Supplier<Optional<LayerTree>> content)
      throws IOException {
    Optional<LayerTree> source = content.get();
    if (source.isEmpty()) {
      return;
    }
    Path fresh = volume.resolve(DATA + ".new");
    trees.delete(fresh);
    try (LayerTree from = source.get();
        TreeWriter to = trees.create(fresh)) {
      from.forEach((entry, bytes) -> write(to, entry, bytes));
      to.settle();
    }
    Files.move(fresh, volume.resolve(DATA), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void write(TreeWriter to, TreeEntry entry, LayerTree.Content content)
      throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new java.nio.channels.ClosedByInterruptException();
    }
    if (entry.kind() != TreeEntry.Kind.FILE) {
      to.write(entry, InputStream.nullInputStream());
      return;
    }
    try (InputStream bytes = content.open()) {
      to.write(entry, bytes);
    }
  }

  private static boolean isEmpty(Path data) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(data)) {
      return !all.iterator().hasNext();
    }
  }

  @Override
  public List<Volume> list() {
    List<Volume> found = new ArrayList<>();
    for (Path volume : entries(directory)) {
      VolumeRecord.read(volume).ifPresent(record -> found.add(record.shown(volume)));
    }
    found.sort(Comparator.comparing(Volume::name));
    return List.copyOf(found);
  }

  @Override
  public Optional<Volume> find(String name) {
    if (!isName(name)) {
      return Optional.empty();
    }
    Path volume = directory.resolve(name);
    return VolumeRecord.read(volume).map(record -> record.shown(volume));
  }

  @Override
  public Volume create(String name, Map<String, String> labels) {
    if (!isName(name)) {
      throw new IllegalArgumentException(
          "a volume's name has letters, digits, _ . and -, and begins with a letter or digit, not \""
              + name
              + "\"");
    }
    try (FileLocks.Lock held = lock()) {
      make(name, labels, false);
    }
    return find(name).orElseThrow();
  }

  private static boolean isName(String name) {
    return name.matches("[a-zA-Z0-9][a-zA-Z0-9_.-]*");
  }

  /** The record comes last: without it there is no volume yet. */
  private void make(String name, Map<String, String> labels, boolean anonymous) {
    Path volume = directory.resolve(name);
    if (VolumeRecord.read(volume).isPresent()) {
      return;
    }
    try {
      Files.createDirectories(volume.resolve(DATA));
      // By a second call, whatever this process's umask is: the container's users enter it.
      Files.setPosixFilePermissions(
          volume.resolve(DATA), PosixFilePermissions.fromString("rwxr-xr-x"));
      new VolumeRecord(labels, Instant.now(), anonymous).write(volume);
    } catch (IOException e) {
      throw new StoreException("cannot make volume " + volume + ": " + e, e);
    }
  }

  @Override
  public void remove(String name) {
    try (FileLocks.Lock held = lock()) {
      if (find(name).isEmpty()) {
        throw new ConflictException("the store has no volume " + name, name);
      }
      Optional<String> user = user(name);
      if (user.isPresent()) {
        throw new ConflictException(
            "volume " + name + " is used by container " + user.get() + ": close that one first",
            name);
      }
      trees.delete(directory.resolve(name));
    }
  }

  @Override
  public List<Volume> prune() {
    try (FileLocks.Lock held = lock()) {
      List<Volume> unused = list().stream().filter(v -> user(v.name()).isEmpty()).toList();
      unused.forEach(volume -> trees.delete(directory.resolve(volume.name())));
      return unused;
    }
  }

  /** Removes the volumes that are a container's own; its directory goes next. */
  static void removeAnonymous(Path volumes, Path container, LayerTrees trees) {
    for (String name : VolumeUse.read(container).anonymous().values()) {
      trees.delete(volumes.resolve(name));
    }
  }

  /** The id of a container that uses a volume, whichever engine made it. */
  private Optional<String> user(String volume) {
    return entries(containers).stream()
        .filter(container -> VolumeUse.read(container).has(volume))
        .map(container -> container.getFileName().toString())
        .map(id -> id.substring(0, Math.min(12, id.length())))
        .findFirst();
  }

  boolean isUsed(Volume volume) {
    return user(volume.name()).isPresent();
  }

  private static List<Path> entries(Path directory) {
    List<Path> found = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      return found;
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, Files::isDirectory)) {
      all.forEach(found::add);
      return found;
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      throw new StoreException("cannot list " + directory + ": " + e, e);
    }
  }

  private FileLocks.Lock lock() {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new StoreException("cannot make " + directory + ": " + e, e);
    }
    return locks.exclusive(directory.resolve(".lock"));
  }
}
