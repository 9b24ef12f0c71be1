package io.jollyboat.engine;

import io.jollyboat.ConflictException;
import io.jollyboat.ContainerId;
import io.jollyboat.ContainerSpec;
import io.jollyboat.StoreException;
import io.jollyboat.spi.host.LayerTrees;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code containers/} of a store: a directory for each container, {@code <id>/{record, upper, work,
 * log, exit, ...}}, and {@code container-names/<name>} that holds the id of the container of that
 * name. Safe for use by several threads and processes.
 */
final class ContainerDirectory {
  private static final String SPEC = "spec";
  private static final Duration LONGEST_MAKING = Duration.ofMinutes(1);

  private static final Set<PosixFilePermission> ROOT = PosixFilePermissions.fromString("rwxr-xr-x");

  private final Path containers;
  private final Path names;
  private final Path mountPoint;
  private final LayerTrees trees;

  private ContainerDirectory(Path containers, Path names, Path mountPoint, LayerTrees trees) {
    this.containers = containers;
    this.names = names;
    this.mountPoint = mountPoint;
    this.trees = trees;
  }

  static ContainerDirectory open(Path root, LayerTrees trees) {
    Path containers = root.resolve("containers");
    ContainerDirectory directory =
        new ContainerDirectory(
            containers, root.resolve("container-names"), root.resolve("mnt"), trees);
    try {
      Files.createDirectories(directory.containers);
      Files.createDirectories(directory.names);
      Files.createDirectories(directory.mountPoint);
      return directory;
    } catch (IOException e) {
      throw new StoreException("cannot make " + containers + ": " + e, e);
    }
  }

  /** For the private files of an engine's RUN steps. */
  Path steps(String engineId) {
    return containers.resolveSibling("steps").resolve(engineId);
  }

  /**
   * An empty directory that every container mounts its root on, each in its own mount namespace.
   */
  Path mountPoint() {
    return mountPoint;
  }

  /**
   * Makes a container's directory with what overlayfs needs, and takes its name. The name comes
   * last: one without a container would be lost when this process is killed.
   */
  Path create(ContainerRecord record, ContainerSpec spec) {
    Path directory = of(record.id());
    try {
      Files.createDirectory(directory);
      if (record.detached()) {
        Files.writeString(directory.resolve(SPEC), SpecText.print(spec, record.image()));
      }
      record.write(directory);
      Path upper = Files.createDirectory(directory.resolve("upper"));
      Files.setPosixFilePermissions(upper, ROOT); // what the container sees of its own root
      Files.createDirectory(directory.resolve("work"));
      takeName(record);
      return directory;
    } catch (IOException e) {
      throw undone(record, new StoreException("cannot make " + directory + ": " + e, e));
    } catch (RuntimeException e) {
      throw undone(record, e);
    }
  }

  /** An overlay that was mounted before is mounted again only with an empty work directory. */
  void renewWork(ContainerId id) {
    renew(of(id).resolve("work"));
  }

  /** Makes a directory empty, whatever overlayfs has left in it. */
  void renew(Path work) {
    trees.delete(work);
    try {
      Files.createDirectory(work);
    } catch (IOException e) {
      throw new StoreException("cannot make " + work + ": " + e, e);
    }
  }

  /**
   * Gives a container another name: it has both for a moment, and never none.
   *
   * @throws ConflictException if another container has the name
   */
  ContainerRecord rename(ContainerRecord record, String name) {
    ContainerRecord renamed = record.named(name);
    if (renamed.name().equals(record.name())) {
      return record;
    }
    try {
      takeName(renamed);
      renamed.replace(of(record.id()));
      freeName(record);
      return renamed;
    } catch (IOException e) {
      throw new StoreException("cannot name container " + record.name() + " " + name + ": " + e, e);
    }
  }

  private RuntimeException undone(ContainerRecord record, RuntimeException failure) {
    try {
      remove(record);
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  /** Whether the container has its name, not only asks for it. */
  boolean ownsName(ContainerRecord record) {
    Path file = names.resolve(record.name());
    try {
      return !record.nameIsChosen() || Files.readString(file).equals(record.id().hex());
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new StoreException("cannot read " + file + ": " + e, e);
    }
  }

  private void takeName(ContainerRecord record) throws IOException {
    if (!record.nameIsChosen()) {
      return; // made of the id
    }
    Path file = names.resolve(record.name());
    Path staged = Files.createTempFile(containers, ".name", "");
    try {
      Files.writeString(staged, record.id().hex());
      Files.createLink(file, staged); // fails when the name is there, and is never half-written
    } catch (FileAlreadyExistsException e) {
      throw new ConflictException(
          "the name "
              + record.name()
              + " is in use by container "
              + holder(file)
              + ": close that one or take another name",
          record.name(),
          e);
    } finally {
      Files.deleteIfExists(staged);
    }
  }

  private void freeName(ContainerRecord record) throws IOException {
    if (record.nameIsChosen() && ownsName(record)) {
      Files.deleteIfExists(names.resolve(record.name()));
    }
  }

  private static String holder(Path file) throws IOException {
    try {
      return Files.readString(file).substring(0, 12);
    } catch (NoSuchFileException e) {
      return "(just gone)";
    }
  }

  Path of(ContainerId id) {
    return containers.resolve(id.hex());
  }

  /** Those of every engine on this root. */
  List<ContainerRecord> list() {
    List<ContainerRecord> records = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(containers)) {
      for (Path directory : all) {
        ContainerRecord.read(directory).ifPresent(records::add);
      }
      return records;
    } catch (IOException e) {
      throw new StoreException("cannot list " + containers + ": " + e, e);
    }
  }

  Optional<ContainerRecord> find(ContainerId id) {
    return ContainerRecord.read(of(id));
  }

  /** Deletes what a killed process was making or deleting: what has no record for a while. */
  void clearRemnants() {
    Instant young = Instant.now().minus(LONGEST_MAKING);
    try (DirectoryStream<Path> all = Files.newDirectoryStream(containers)) {
      for (Path entry : all) {
        if (!Files.exists(entry.resolve(ContainerRecord.FILE))
            && Files.getLastModifiedTime(entry).toInstant().isBefore(young)) {
          clear(entry);
        }
      }
    } catch (NoSuchFileException e) {
      // Its own engine was quicker: the rest is found the next time.
      return;
    } catch (IOException e) {
      throw new StoreException("cannot clear " + containers + ": " + e, e);
    }
  }

  private void clear(Path entry) throws IOException {
    if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
      trees.delete(entry);
    } else {
      Files.deleteIfExists(entry);
    }
  }

  /** Keeps what is asked for now of a detached container, in place of what was before. */
  void keepSpec(ContainerRecord record, ContainerSpec spec) {
    Path file = of(record.id()).resolve(SPEC);
    try {
      Path staged = file.resolveSibling(SPEC + ".new");
      Files.writeString(staged, SpecText.print(spec, record.image()));
      Files.move(staged, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new StoreException("cannot write " + file + ": " + e, e);
    }
  }

  /** What was asked for when a detached container was made. */
  ContainerSpec spec(ContainerRecord record) {
    Path file = of(record.id()).resolve(SPEC);
    try {
      return SpecText.read(Files.readString(file));
    } catch (IOException | RuntimeException e) {
      throw new StoreException(
          "the specification of container " + record.name() + " cannot be read: " + e, e);
    }
  }

  /** Deletes what a machine that was switched off has left, but for detached containers. */
  void clearFormerBoot() {
    list().stream().filter(record -> !record.detached()).forEach(this::remove);
    clearRemnants();
    trees.delete(containers.resolveSibling("steps"));
  }

  /** Deletes a container's files and frees its name. */
  void remove(ContainerRecord record) {
    try {
      freeName(record);
    } catch (IOException e) {
      throw new StoreException("cannot free the name " + record.name() + ": " + e, e);
    }
    VolumeStore.removeAnonymous(
        containers.resolveSibling(VolumeStore.VOLUMES), of(record.id()), trees);
    trees.delete(of(record.id()));
  }
}
