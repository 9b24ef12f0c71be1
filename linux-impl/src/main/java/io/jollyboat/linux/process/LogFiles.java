package io.jollyboat.linux.process;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.OpenFlags;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * The files of one log, {@code <log>.N}, where N is how many bytes of the log came before the file:
 * the name of the next one is known when one has been read to its end. Immutable.
 *
 * @param log the path without the number
 */
record LogFiles(Path log) {

  /**
   * A file to append to.
   *
   * @param start how many bytes of the log came before the file
   * @param end how many bytes the log has
   */
  record Last(Fd file, long start, long end) {}

  /** Where the files that are there begin. */
  NavigableSet<Long> starts() throws IOException {
    NavigableSet<Long> starts = new TreeSet<>();
    String prefix = log.getFileName() + ".";
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(log.toAbsolutePath().getParent(), prefix + "*")) {
      for (Path file : files) {
        String number = file.getFileName().toString().substring(prefix.length());
        if (number.matches("\\d{1,19}")) {
          starts.add(Long.parseUnsignedLong(number));
        }
      }
    }
    return starts;
  }

  Path file(long start) {
    return log.resolveSibling(log.getFileName() + "." + Long.toUnsignedString(start));
  }

  /** The file that a monitor goes on with; the first one where there is no log yet. */
  Last last() {
    int flags = OpenFlags.O_RDWR | OpenFlags.O_CREAT | OpenFlags.O_EXCL;
    try {
      return new Last(FileCalls.open(file(0).toString(), flags, 0600), 0, 0);
    } catch (KernelException e) {
      if (!e.is(Errno.EEXIST)) {
        throw e;
      }
    }
    try {
      NavigableSet<Long> starts = starts();
      long start = starts.isEmpty() ? 0 : starts.last();
      cut(start);
      int again = OpenFlags.O_RDWR | OpenFlags.O_CREAT;
      Fd file = FileCalls.open(file(start).toString(), again, 0600);
      return new Last(file, start, start + FileCalls.stat(file).size());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot go on with the log " + log, e);
    }
  }

  /** A monitor that was killed may have left half a record: what comes next goes in its place. */
  private void cut(long start) throws IOException {
    try (LogReader reader = new LogReader(this, start)) {
      while (reader.next().isPresent()) {
        // only for where the last whole one ends
      }
      try (RandomAccessFile file = new RandomAccessFile(file(start).toFile(), "rw")) {
        file.setLength(Math.min(file.length(), reader.position() - start));
      }
    }
  }
}
