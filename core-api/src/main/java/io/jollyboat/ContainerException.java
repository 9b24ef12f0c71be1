package io.jollyboat;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A container could not be started, or an operation on it failed. */
public final class ContainerException extends JollyboatException {
  private final String operation;
  private final transient OptionalInt errno;
  private final String lastLog;

  public ContainerException(
      String message,
      String operation,
      OptionalInt errno,
      String lastLog,
      @Nullable Throwable cause) {
    super(message, cause);
    this.operation = operation;
    this.errno = errno;
    this.lastLog = lastLog;
  }

  /** What was being done, as in {@code mount /proc}. */
  public String operation() {
    return operation;
  }

  /** The kernel's error number, when the kernel refused. */
  public OptionalInt errno() {
    return errno;
  }

  /** The last of what the container printed; empty when it printed nothing. */
  public String lastLog() {
    return lastLog;
  }
}
