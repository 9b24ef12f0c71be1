package io.jollyboat.linux.process;

import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.OpenFlags;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * The records that a monitor writes: {@code u32 length, u8 stream, 3 zeros, u64 nanoseconds since
 * 1970}, then the bytes. A record that is not complete yet does not count. Safe for use by several
 * threads.
 */
final class LogFile implements AutoCloseable {

  static final int STDOUT = 1;
  static final int STDERR = 2;

  private static final int HEADER = 16;
  private static final int LONGEST = 1 << 16;

  private final Path path;
  private final Fd file;
  private long end;

  private LogFile(Path path, Fd file) {
    this.path = path;
    this.file = file;
  }

  /** One piece of output, and where the next record starts. */
  record Piece(int stream, ByteBuffer bytes, long next) {}

  /** Opens or makes the file. */
  static LogFile open(Path path) {
    int flags = OpenFlags.O_RDWR | OpenFlags.O_CREAT;
    return new LogFile(path, FileCalls.open(path.toString(), flags, 0600));
  }

  /** To be given to the monitor. */
  Fd descriptor() {
    return file;
  }

  /**
   * The record at {@code position}, or nothing when there is none yet.
   *
   * @throws IOException if the log is damaged, or has been closed with more in it
   */
  synchronized Optional<Piece> at(long position) throws IOException {
    if (!file.isOpen()) {
      if (position >= end) {
        return Optional.empty(); // a reader that had seen all
      }
      throw new IOException(
          "the process was closed before its output was read to the end: " + path + " is gone");
    }
    byte[] header = read(position, HEADER);
    if (header.length < HEADER) {
      return Optional.empty();
    }
    ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    int length = fields.getInt();
    if (length < 0 || length > LONGEST) {
      throw new IOException("the log " + path + " is damaged at byte " + position);
    }
    byte[] bytes = read(position + HEADER, length);
    return bytes.length < length
        ? Optional.empty()
        : Optional.of(new Piece(fields.get(), ByteBuffer.wrap(bytes), position + HEADER + length));
  }

  @Override
  public synchronized void close() {
    if (file.isOpen()) {
      end = FileCalls.stat(file).size();
      file.close();
    }
  }

  private byte[] read(long position, int length) {
    byte[] bytes = new byte[length];
    int read = length == 0 ? 0 : FileCalls.pread(file, bytes, position);
    return read == length ? bytes : Arrays.copyOf(bytes, read);
  }
}
