package io.jollyboat.engine;

import io.jollyboat.ConflictException;
import io.jollyboat.ContainerId;
import io.jollyboat.StoreException;
import io.jollyboat.spi.host.LayerTrees;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code containers/} of a store: a directory for each container, {@code <id>/{record, upper, work,
 * log, exit, ...}}, and {@code container-names/<name>} that holds the id of the container of that
 * name. Safe for use by several threads and processes.
 */
final class ContainerDirectory {
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

  /** Makes a container's directory with what overlayfs needs, and takes its name. */
  Path create(ContainerRecord record) {
    Path directory = of(record.id());
    boolean named = false;
    try {
      takeName(record);
      named = true;
      Files.createDirectory(directory);
      Files.createDirectory(directory.resolve("upper"));
      Files.createDirectory(directory.resolve("work"));
      record.write(directory);
      return directory;
    } catch (IOException e) {
      if (named) {
        remove(record);
      }
      throw new StoreException("cannot make " + directory + ": " + e, e);
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

  private static String holder(Path file) throws IOException {
    return Files.exists(file) ? Files.readString(file).substring(0, 12) : "(just gone)";
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

  /** Deletes a container's files and frees its name. */
  void remove(ContainerRecord record) {
    try {
      Path file = names.resolve(record.name());
      if (record.nameIsChosen()
          && Files.exists(file)
          && Files.readString(file).equals(record.id().hex())) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new StoreException("cannot free the name " + record.name() + ": " + e, e);
    }
    trees.delete(of(record.id()));
  }
}
