package io.jollyboat;

/**
 * A program that runs in a container beside its first process. Its streams and its end are those of
 * any {@link Process}: what it has left running in the background is not waited for, and a signal
 * that ended it shows as 128 and the signal's number in {@link #exitValue()}. {@link #destroy()}
 * sends SIGTERM, {@link #destroyForcibly()} SIGKILL. On a terminal all output comes from {@link
 * #getInputStream()}, and input knows no end: closing {@link #getOutputStream()} ends nothing.
 *
 * <p>Nothing needs to be closed when it has ended. It ends with its container, and with this Java
 * process, at the latest. Safe for use by several threads.
 */
public abstract class ContainerProcess extends Process {

  /** For engines. */
  protected ContainerProcess() {}

  /**
   * Sets the size of its terminal, in characters.
   *
   * @throws ConflictException if it has no terminal
   */
  public abstract void resize(int rows, int columns);

  /** Sends a signal: a name with or without SIG, or a number. Nothing happens when it has ended. */
  public abstract void kill(String signal);
}
