package io.jollyboat;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** One container. Safe for use by several threads. */
public interface Container extends AutoCloseable {
  ContainerId id();

  String name();

  ContainerSpec spec();

  /** The image that it was made of. */
  ImageId image();

  Instant created();

  boolean running();

  /** What is true of it now. */
  ContainerState state();

  /**
   * Starts one that was made by {@link Containers#create}, or that has ended, and waits until it is
   * ready. What it wrote to its own file system before is still there.
   *
   * @throws ConflictException when it runs
   */
  void start();

  /**
   * Where this process connects to reach a published port.
   *
   * @throws IllegalArgumentException when the port is not published
   */
  InetSocketAddress address(int containerPort);

  /**
   * Waits for a condition.
   *
   * @throws ContainerException at once when the container ends first
   * @throws WaitTimeoutException when the condition's time is over
   */
  void await(Wait condition);

  /** Waits for the end, without limit; of one that its policy starts again, for the last end. */
  ExitStatus awaitExit();

  /**
   * Waits for the end.
   *
   * @throws WaitTimeoutException when it did not come in time; the container runs on
   */
  ExitStatus awaitExit(Duration timeout);

  /** Runs a command in the container and waits for its end. */
  ExecResult exec(String... words);

  /**
   * Starts a command beside the container's and returns when it runs.
   *
   * @throws ConflictException if the container does not run
   * @throws ContainerException naming what the kernel refused, or who or what the image lacks
   */
  ContainerProcess exec(ExecSpec command);

  /**
   * Its standard streams from now on.
   *
   * @throws ConflictException if it does not run
   */
  Attachment attach();

  /**
   * Sets the size of its terminal, in characters.
   *
   * @throws ConflictException if it has none, or does not run
   */
  void resize(int rows, int columns);

  /**
   * Its processes now, by number.
   *
   * @throws ConflictException if it does not run
   */
  List<ProcessSnapshot> top();

  /**
   * Its standard input; closing it is the end of input.
   *
   * @throws ConflictException when the spec is not {@link ContainerSpec#interactive}
   */
  OutputStream stdin();

  /**
   * What it printed since its last start, from the first byte to the exit; a slow reader never
   * blocks the container.
   */
  InputStream stdout();

  /** What it printed as errors since its last start, from the first byte to the exit. */
  InputStream stderr();

  /** What is kept of both streams, in order, of all starts; of a long log the last 16 MiB. */
  String logs();

  /**
   * A part of its output, of all starts. A slow reader never blocks the container; it loses only
   * what a {@link ContainerSpec#logs limit} deletes before it comes to it.
   */
  LogStream logs(LogQuery query);

  /** Its stop signal, its stop timeout of ten seconds unless it says otherwise, then SIGKILL. */
  ExitStatus stop();

  /** Its stop signal, some grace, then SIGKILL. Its policy does not start it again. */
  ExitStatus stop(Duration grace);

  /** Stops it, if it runs, and starts it. */
  void restart();

  /** Stops it with some grace, if it runs, and starts it. */
  void restart(Duration grace);

  /**
   * Sends a signal to its first process.
   *
   * @param signal a name with or without SIG, or a number
   */
  void kill(String signal);

  /**
   * Gives it another name.
   *
   * @throws ConflictException when another container has it
   */
  void rename(String name);

  /**
   * Removes it, a detached one too, with its anonymous volumes.
   *
   * @throws ConflictException when it runs: stop or kill it first
   */
  void remove();

  /**
   * Changes its limits, at once where it runs: {@code update(r -> r.memory(Size.mib(64)))}. What is
   * said anew replaces what was said before. All of it takes effect or nothing.
   *
   * @throws ContainerException when the kernel refuses, as it does a limit of memory below what is
   *     in use
   */
  void update(UnaryOperator<Resources> change);

  /**
   * Stops all its processes where they are. It can still be killed, stopped and closed.
   *
   * @throws ConflictException when it does not run, or is paused
   */
  void pause();

  /**
   * Lets its processes go on.
   *
   * @throws ConflictException when it is not paused
   */
  void unpause();

  /**
   * What it uses.
   *
   * @throws ConflictException when it does not run
   */
  Stats stats();

  /**
   * What it uses, now and after each interval until it ends: a stream that waits for its next
   * element on the thread that takes it.
   *
   * @throws ConflictException when it does not run
   */
  Stream<Stats> stats(Duration interval);

  /**
   * Writes the members of a tar archive, plain or compressed by gzip or zstd, into a directory of
   * the container, running or not, its mounts too. Owners, modes and links are the archive's; what
   * is in the way is replaced. The stream is not closed. Links are followed as the container sees
   * them, and never lead out of it.
   *
   * @throws ContainerException when the directory is missing, or something cannot be written: what
   *     came before stays
   */
  void copyTo(InputStream tar, String directory);

  /**
   * Copies a file, link or directory of this machine into the container by {@code docker cp}'s
   * rules: into {@code path} when that is a directory, else as {@code path}; of a directory whose
   * name ends with {@code /.} its contents. Owners are kept. A link at the end of {@code host} is
   * copied, one at the end of {@code path} followed. Neither a directory replaces a file nor a file
   * a directory.
   *
   * @throws ContainerException when a directory on the way is missing, or for what cannot be copied
   */
  void copyTo(Path host, String path);

  /**
   * A tar archive of a file, link or directory of the container, running or not: its names begin
   * with the last name of {@code path}, or with nothing when that ends with {@code /.}. A link at
   * the end is not followed, unless a slash comes after it. What is removed meanwhile is left out,
   * and so is what the kernel makes up, such as /proc. Closing the stream ends the reading; until
   * then a container that was not running cannot be started.
   *
   * @throws ContainerException when there is nothing at the path
   */
  InputStream copyFrom(String path);

  /**
   * Copies a file, link or directory of the container to this machine by {@code docker cp}'s rules:
   * into {@code host} when that is a directory, else as {@code host}; of a path that ends with
   * {@code /.} the contents. Owners are kept for root. Set-id bits, file capabilities and devices,
   * which would act on this machine, are left out.
   *
   * @throws ContainerException when there is nothing at the path, or for what cannot be copied
   */
  void copyFrom(String path, Path host);

  /** What the container has changed of its image's files, in the order of their paths. */
  List<FileChange> diff();

  /** Makes an image of the container's files, mounts apart, and its specification. */
  default StoredImage commit() {
    return commit(options -> options);
  }

  /**
   * Makes an image of the container's files, mounts apart. Its configuration is the image's with
   * what the specification says differently, then the changes of the options.
   *
   * @throws IllegalArgumentException when an instruction among the changes does not change the
   *     configuration
   */
  StoredImage commit(UnaryOperator<CommitSpec> options);

  /**
   * All of the container's files, mounts apart, as one tar archive without layers. What is changed
   * meanwhile may be missing or old.
   */
  InputStream export();

  /** SIGKILL and remove, anonymous volumes too; of a detached one it only lets go. */
  @Override
  void close();
}
