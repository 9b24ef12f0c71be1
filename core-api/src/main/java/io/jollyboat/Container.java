package io.jollyboat;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;

/** One container. Safe for use by several threads. */
public interface Container extends AutoCloseable {
  ContainerId id();

  String name();

  ContainerSpec spec();

  boolean running();

  /**
   * Starts one that was made by {@link Containers#create} and waits until it is ready.
   *
   * @throws ConflictException when it was started before
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

  /** Waits for the end, without limit. */
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
   * Its standard input; closing it is the end of input.
   *
   * @throws ConflictException when the spec is not {@link ContainerSpec#interactive}
   */
  OutputStream stdin();

  /** What it printed, from the first byte to the exit; a slow reader never blocks the container. */
  InputStream stdout();

  /** What it printed as errors, from the first byte to the exit. */
  InputStream stderr();

  /** What is kept of both streams, in order. */
  String logs();

  /** The image's stop signal, ten seconds of grace, then SIGKILL. */
  ExitStatus stop();

  /** The image's stop signal, some grace, then SIGKILL. */
  ExitStatus stop(Duration grace);

  /**
   * Sends a signal to its first process.
   *
   * @param signal a name with or without SIG, or a number
   */
  void kill(String signal);

  /** SIGKILL and remove, anonymous volumes too; of a detached one it only lets go. */
  @Override
  void close();
}
