package io.jollyboat.runtime;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The directory of all containers of one {@code --root}, and in it one for each: {@code
 * state.json}, {@code config.json} as it was at the creation, {@code steps} of the start, and the
 * socket {@code start} until the container has been started.
 */
final class StateDirectory {
  private static final String STATE = "state.json";
  private static final String CONFIG = "config.json";
  private static final String STEPS = "steps";
  private static final String START = "start";

  private final Path root;

  StateDirectory(Path root) {
    this.root = root;
  }

  Path root() {
    return root;
  }

  /** Takes the id for a new container. */
  Entry create(String id) {
    if (!id.matches("[A-Za-z0-9_+.-]{1,1024}") || id.equals(".") || id.equals("..")) {
      throw new RuntimeFailure(
          "container id \"" + id + "\": must be of letters, digits and _+-. only");
    }
    try {
      var onlyOwner =
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
      Files.createDirectories(root, onlyOwner);
      Files.createDirectory(root.resolve(id), onlyOwner);
      return new Entry(root.resolve(id));
    } catch (FileAlreadyExistsException e) {
      throw new RuntimeFailure("container with id exists already: \"" + id + "\"", e);
    } catch (IOException e) {
      throw failure("make the directory of container " + id, e);
    }
  }

  /**
   * @throws RuntimeFailure when there is no such container
   */
  Entry find(String id) {
    Optional<Entry> entry = findIfThere(id);
    return entry.orElseThrow(
        () -> new RuntimeFailure("container does not exist: \"" + id + "\" in " + root));
  }

  Optional<Entry> findIfThere(String id) {
    Path directory = root.resolve(id).normalize();
    boolean there = root.equals(directory.getParent()) && Files.isDirectory(directory);
    return there ? Optional.of(new Entry(directory)) : Optional.empty();
  }

  /** Sorted by id. */
  List<Entry> all() {
    try (Stream<Path> directories = Files.list(root)) {
      return directories.filter(Files::isDirectory).sorted().map(Entry::new).toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw failure("list " + root, e);
    }
  }

  private static RuntimeFailure failure(String what, IOException e) {
    return new RuntimeFailure(
        "cannot " + what + ": " + e.getClass().getSimpleName() + " " + e.getMessage(), e);
  }

  /** One container's directory. */
  static final class Entry {
    private final Path directory;

    private Entry(Path directory) {
      this.directory = directory;
    }

    String id() {
      return String.valueOf(directory.getFileName());
    }

    /** Where the container listens until it is started. */
    Path startSocket() {
      return directory.resolve(START);
    }

    /** Commands about one container follow each other; until the lock is closed. */
    Lock lock() {
      try {
        return new Lock(
            FileChannel.open(
                directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE));
      } catch (IOException e) {
        throw failure("lock container " + id(), e);
      }
    }

    void save(ContainerState state) {
      write(STATE, Json.write(state.toFields()).getBytes(StandardCharsets.UTF_8));
    }

    ContainerState state() {
      return ContainerState.of(Json.parse(read(STATE), STATE));
    }

    /** Empty for a container whose creation was cut off. */
    Optional<ContainerState> stateIfThere() {
      return Files.exists(directory.resolve(STATE)) ? Optional.of(state()) : Optional.empty();
    }

    void saveConfig(byte[] config) {
      write(CONFIG, config);
    }

    Config config(Path bundle) {
      return Config.of(read(CONFIG), bundle);
    }

    /** The names of all operations of the start, for errors of those that come later. */
    void saveSteps(List<String> names) {
      write(STEPS, String.join("\0", names).getBytes(StandardCharsets.UTF_8));
    }

    List<String> steps() {
      return List.of(new String(read(STEPS), StandardCharsets.UTF_8).split("\0", -1));
    }

    void delete() {
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.toList()) {
          Files.deleteIfExists(file);
        }
        Files.deleteIfExists(directory);
      } catch (NoSuchFileException e) {
        // deleted by another, which was what is wanted
      } catch (IOException e) {
        throw failure("delete " + directory, e);
      }
    }

    private byte[] read(String name) {
      try {
        return Files.readAllBytes(directory.resolve(name));
      } catch (IOException e) {
        throw failure("read " + directory.resolve(name), e);
      }
    }

    /** Whole or not at all. */
    private void write(String name, byte[] content) {
      try {
        Path fresh = directory.resolve(name + ".new");
        Files.write(fresh, content);
        Files.move(fresh, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        throw failure("write " + directory.resolve(name), e);
      }
    }
  }

  /** Held by one process at a time. */
  static final class Lock implements AutoCloseable {
    private final FileChannel channel;

    private Lock(FileChannel channel) throws IOException {
      this.channel = channel;
      List<IOException> failures = new ArrayList<>();
      try {
        channel.lock();
      } catch (IOException e) {
        failures.add(e);
      }
      if (!failures.isEmpty()) {
        channel.close();
        throw failures.get(0);
      }
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new RuntimeFailure("cannot unlock: " + e.getMessage(), e);
      }
    }
  }
}
