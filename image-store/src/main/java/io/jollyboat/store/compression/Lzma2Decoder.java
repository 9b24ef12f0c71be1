package io.jollyboat.store.compression;

import java.io.DataInputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** LZMA2: chunks of LZMA or of plain bytes. Not safe for use by several threads. */
final class Lzma2Decoder {
  private static final int LARGEST_OUTPUT = 1 << 21;
  private static final int LARGEST_INPUT = 1 << 16;

  private final DataInputStream in;
  private final LzmaWindow window;
  private final RangeDecoder range = new RangeDecoder(LARGEST_INPUT);
  private @Nullable LzmaDecoder decoder;
  private long position;
  private boolean begun;

  Lzma2Decoder(DataInputStream in, int windowSize) {
    this.in = in;
    this.window = new LzmaWindow(windowSize, LARGEST_OUTPUT);
  }

  /** Decodes the next chunk into {@link #output}; the number of its bytes, -1 at the end. */
  int next() throws IOException {
    int control = in.readUnsignedByte();
    if (control == 0) {
      return -1;
    }
    boolean resets = control == 1 || control >= 0xe0;
    if (resets) {
      window.reset();
      position = 0;
      begun = true;
    } else if (!begun) {
      throw new CompressionException("damaged LZMA2 data: it does not begin with a reset");
    }
    if (control >= 0x80) {
      lzma(control);
    } else if (control <= 2) {
      plain();
    } else {
      throw new CompressionException("damaged LZMA2 data: chunk of kind " + control);
    }
    position += window.filled();
    return window.filled();
  }

  byte[] output() {
    return window.chunk();
  }

  private void lzma(int control) throws IOException {
    window.start(((control & 0x1f) << 16) + in.readUnsignedShort() + 1);
    int length = in.readUnsignedShort() + 1;
    if (control >= 0xc0) {
      decoder = new LzmaDecoder(window, range, in.readUnsignedByte());
    }
    LzmaDecoder current = decoder;
    if (current == null) {
      throw new CompressionException("damaged LZMA2 data: it does not begin with parameters");
    }
    if (control >= 0xa0 && control < 0xc0) {
      current.reset();
    }
    in.readFully(range.buffer(), 0, length);
    range.start(length);
    current.decode(position);
  }

  private void plain() throws IOException {
    int length = in.readUnsignedShort() + 1;
    in.readFully(range.buffer(), 0, length);
    window.start(length);
    for (int i = 0; i < length; i++) {
      window.put(range.buffer()[i]);
    }
  }
}
