package io.jollyboat.linux.launcher;

import io.jollyboat.linux.syscall.Fd;
import java.util.Optional;

/**
 * What the launcher tells.
 *
 * @param index of ERROR the operation, of EXIT the wait status
 * @param value of PID the process id, of ERROR the error number, of RUNNING and EXIT the time in
 *     nanoseconds since 1970
 * @param descriptor of PID one of the process, of TERMINAL one of the terminal's other side; the
 *     receiver closes it
 */
public record Report(Type type, int index, long value, Optional<Fd> descriptor) {

  /** The kinds of reports, numbered from 1 on the wire. */
  public enum Type {
    PID,
    ERROR,
    RUNNING,
    EXIT,
    TERMINAL,
    LOG,
    CALL,
    READY;

    private static final Type[] TYPES = values();

    static Type numbered(int number) {
      if (number < 1 || number > TYPES.length) {
        throw new IllegalStateException("the launcher sent an unknown report, " + number);
      }
      return TYPES[number - 1];
    }
  }
}
