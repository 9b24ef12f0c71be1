package io.jollyboat;

import java.io.InputStream;
import java.io.OutputStream;

/**
 * A container's standard streams from the moment of {@link Container#attach()} on. Whoever reads
 * slowly does not hold the container up. Closing this lets go, and the container runs on. Safe for
 * use by several threads; each stream is read by one at a time.
 */
public interface Attachment extends AutoCloseable {
  /**
   * The container's standard input, or its terminal. Closing it ends the input of one without a
   * terminal, for everybody.
   *
   * @throws ConflictException if it is not {@link ContainerSpec#interactive()}
   */
  OutputStream stdin();

  /** What it writes to standard output, or what its terminal shows; ends with the container. */
  InputStream stdout();

  /** What it writes to standard error; empty where it has a terminal. */
  InputStream stderr();

  @Override
  void close();
}
