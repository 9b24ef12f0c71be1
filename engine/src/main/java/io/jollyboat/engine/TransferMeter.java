package io.jollyboat.engine;

import io.jollyboat.Progress;
import io.jollyboat.Progress.Phase;
import io.jollyboat.Size;
import io.jollyboat.oci.Descriptor;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the bytes of one pull's or push's layers and tells a listener. Safe for several threads.
 */
final class TransferMeter {
  /** A listener is told of every so many bytes of a layer. */
  private static final long STRIDE = 1 << 19;

  private final Progress progress;
  private final long total;
  private final AtomicLong done = new AtomicLong();

  TransferMeter(Progress progress, List<Descriptor> layers) {
    this.progress = progress;
    this.total = layers.stream().mapToLong(Descriptor::size).sum();
  }

  void phase(Descriptor layer, Phase phase) {
    phase(layer, phase, "");
  }

  void phase(Descriptor layer, Phase phase, String detail) {
    long layerDone = phase == Phase.WAITING ? 0 : layer.size();
    tell(layer, phase, layerDone, detail);
  }

  /** A layer that needs no bytes moved. */
  void skipped(Descriptor layer, Phase phase, String detail) {
    done.addAndGet(layer.size());
    tell(layer, phase, layer.size(), detail);
  }

  /** The same bytes, counted as they are read. */
  InputStream counted(Descriptor layer, Phase phase, InputStream bytes) {
    tell(layer, phase, 0, "");
    return new Counted(bytes, layer, phase);
  }

  private void tell(Descriptor layer, Phase phase, long layerDone, String detail) {
    progress.transfer(
        new Progress.Transfer(
            layer.digest(),
            phase,
            new Size(layerDone),
            new Size(layer.size()),
            new Size(done.get()),
            new Size(total),
            detail));
  }

  private final class Counted extends FilterInputStream {
    private final Descriptor layer;
    private final Phase phase;
    private long read;
    private long told;
    private boolean ended;

    Counted(InputStream in, Descriptor layer, Phase phase) {
      super(in);
      this.layer = layer;
      this.phase = phase;
    }

    @Override
    public int read() throws IOException {
      int value = in.read();
      count(value < 0 ? -1 : 1);
      return value;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = in.read(buffer, offset, length);
      count(count);
      return count;
    }

    /** What broke off is sent again from its beginning, or not at all. */
    @Override
    public void close() throws IOException {
      if (read < layer.size()) {
        done.addAndGet(-read);
        read = 0;
      }
      super.close();
    }

    private void count(int bytes) {
      if (bytes < 0) {
        end();
        return;
      }
      read += bytes;
      done.addAndGet(bytes);
      if (read - told >= STRIDE) {
        told = read;
        tell(layer, phase, read, "");
      }
    }

    /** A pulled layer is unpacked as it comes: left are its digests, and the end of its tree. */
    private void end() {
      if (!ended && phase == Phase.DOWNLOADING) {
        tell(layer, Phase.VERIFYING, read, "");
        tell(layer, Phase.EXTRACTING, read, "");
      }
      ended = true;
    }
  }
}
