package io.jollyboat.spi.host;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Locks between processes and between threads of this one, by flock(2): held by what {@code lock}
 * returned, not by the process, and gone with the process whatever ends it. The file is made when
 * missing and never deleted by its users. Safe for use by several threads.
 */
public interface FileLocks {
  /** Waits, interruptibly, until no other holder has the file. */
  Lock exclusive(Path file);

  /** Waits, interruptibly, until no exclusive holder has the file. */
  Lock shared(Path file);

  /** Empty at once when somebody holds the file. */
  Optional<Lock> tryExclusive(Path file);

  /** A held lock; closing releases it. */
  interface Lock extends AutoCloseable {
    @Override
    void close();
  }
}
