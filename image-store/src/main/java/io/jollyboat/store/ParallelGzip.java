package io.jollyboat.store;

import io.jollyboat.InterruptedOperationException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * Compresses to one gzip member (RFC 1952) on all processors: blocks of a fixed size are deflated
 * each on its own, with the end of the one before as dictionary, and flushed to a byte's border.
 * The same bytes in give the same bytes out, however many processors there are. Closing it ends the
 * member and leaves the target open. Not safe for use by several threads.
 */
final class ParallelGzip extends OutputStream {
  private static final int BLOCK = 256 * 1024;
  private static final int WINDOW = 32 * 1024;

  /**
   * Of a Debian's programs level 1 leaves 40.5 %, level 3 38.8 % in 1.7 times the time, level 6
   * 36.6 % in 4.9 times: on any network of more than 40 Mbit/s level 1 is there first.
   */
  private static final int LEVEL = 1;

  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};
  private static final byte[] NO_DICTIONARY = {};

  private final OutputStream target;
  private final int workers = Math.max(1, Runtime.getRuntime().availableProcessors());
  private final Deque<Future<byte[]>> running = new ArrayDeque<>();
  private final CRC32 crc = new CRC32();
  private @Nullable ExecutorService executor;
  private byte[] block = new byte[BLOCK];
  private byte[] dictionary = NO_DICTIONARY;
  private int filled;
  private long total;
  private boolean open = true;

  ParallelGzip(OutputStream target) throws IOException {
    this.target = target;
    target.write(HEADER);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    crc.update(bytes, offset, length);
    total += length;
    int at = offset;
    int left = length;
    while (left > 0) {
      if (filled == BLOCK) {
        submit();
      }
      int some = Math.min(left, BLOCK - filled);
      System.arraycopy(bytes, at, block, filled, some);
      filled += some;
      at += some;
      left -= some;
    }
  }

  private void submit() throws IOException {
    byte[] input = block;
    byte[] before = dictionary;
    if (executor == null) {
      executor = Executors.newFixedThreadPool(workers, ParallelGzip::newThread);
    }
    running.add(executor.submit(() -> deflate(input, BLOCK, before, false)));
    dictionary = Arrays.copyOfRange(input, BLOCK - WINDOW, BLOCK);
    block = new byte[BLOCK];
    filled = 0;
    while (running.size() > 2 * workers) {
      takeFirst();
    }
  }

  private static Thread newThread(Runnable work) {
    Thread thread = new Thread(work, "jollyboat-gzip");
    thread.setDaemon(true);
    return thread;
  }

  private void takeFirst() throws IOException {
    try {
      target.write(running.remove().get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedOperationException("interrupted while compressing a layer", e);
    } catch (ExecutionException e) {
      throw new IOException("compressing failed: " + e.getCause(), e);
    }
  }

  private static byte[] deflate(byte[] input, int length, byte[] dictionary, boolean last) {
    Deflater deflater = new Deflater(LEVEL, true);
    try {
      if (dictionary.length > 0) {
        deflater.setDictionary(dictionary);
      }
      deflater.setInput(input, 0, length);
      if (last) {
        deflater.finish();
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream(length / 2 + 64);
      byte[] chunk = new byte[32 * 1024];
      int mode = last ? Deflater.NO_FLUSH : Deflater.SYNC_FLUSH;
      // A full chunk may have more behind it, of the flush's own bits too.
      int count = chunk.length;
      while (last ? !deflater.finished() : count == chunk.length) {
        count = deflater.deflate(chunk, 0, chunk.length, mode);
        out.write(chunk, 0, count);
      }
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }

  @Override
  public void close() throws IOException {
    if (!open) {
      return;
    }
    open = false;
    try {
      while (!running.isEmpty()) {
        takeFirst();
      }
      target.write(deflate(block, filled, dictionary, true));
      writeInt((int) crc.getValue());
      writeInt((int) total);
      target.flush();
    } finally {
      if (executor != null) {
        executor.shutdownNow();
      }
    }
  }

  private void writeInt(int value) throws IOException {
    for (int shift = 0; shift < 32; shift += 8) {
      target.write((value >>> shift) & 0xff);
    }
  }
}
