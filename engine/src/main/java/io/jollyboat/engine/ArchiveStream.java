package io.jollyboat.engine;

import io.jollyboat.store.TreeArchive;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import org.jspecify.annotations.Nullable;

/**
 * An archive that is written while it is read, by a thread that waits for the reader in between.
 * Closing it ends that thread. Not safe for use by several threads.
 */
final class ArchiveStream extends InputStream {
  private static final int CHUNK = 64 * 1024;

  private final InputStream source;
  private final AutoCloseable files;
  private final Thread writer;
  private volatile @Nullable Throwable failure;

  /** Adds the members of an archive. */
  interface Members {
    void write(TreeArchive archive) throws IOException;
  }

  private ArchiveStream(String name, Pipe pipe, Members members, AutoCloseable files) {
    this.source = Channels.newInputStream(pipe.source());
    this.files = files;
    this.writer = new Thread(() -> write(pipe, members), name);
    writer.setDaemon(true);
  }

  /**
   * @param files closed with the stream
   */
  static ArchiveStream of(String name, Members members, AutoCloseable files) throws IOException {
    ArchiveStream stream = new ArchiveStream(name, Pipe.open(), members, files);
    stream.writer.start();
    return stream;
  }

  private void write(Pipe pipe, Members members) {
    try (OutputStream out =
        new BufferedOutputStream(Channels.newOutputStream(pipe.sink()), CHUNK)) {
      TreeArchive archive = new TreeArchive(out);
      members.write(archive);
      archive.finish();
    } catch (IOException | RuntimeException e) {
      failure = e;
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = source.read(bytes, offset, length);
    if (count < 0) {
      awaitWriter();
      Throwable failed = failure;
      if (failed != null) {
        throw new IOException("the archive ends early: " + failed.getMessage(), failed);
      }
    }
    return count;
  }

  /** The end of the pipe comes before the end of the thread. */
  private void awaitWriter() throws IOException {
    try {
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new java.io.InterruptedIOException("interrupted while reading an archive");
    }
  }

  @Override
  public void close() throws IOException {
    source.close();
    boolean interrupted = false;
    while (writer.isAlive()) {
      try {
        writer.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    try {
      files.close();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
