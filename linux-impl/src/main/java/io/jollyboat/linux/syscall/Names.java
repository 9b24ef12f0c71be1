package io.jollyboat.linux.syscall;

import io.jollyboat.spi.host.FileNames;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that the kernel gave as Java strings, without loss. */
final class Names {
  private Names() {}

  static String decode(byte[] bytes, int start, int length) {
    for (int i = start; i < start + length; i++) {
      if (bytes[i] < 0) {
        return FileNames.decode(Arrays.copyOfRange(bytes, start, start + length));
      }
    }
    return new String(bytes, start, length, StandardCharsets.ISO_8859_1);
  }
}
