package io.jollyboat.linux.syscall;

import io.jollyboat.spi.host.FileNames;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Java strings as NUL-terminated bytes: UTF-8, and {@link FileNames}'s escapes for all else. */
final class CString {

  private CString() {}

  /**
   * Returns the bytes of {@code text} and a NUL.
   *
   * @throws IllegalArgumentException if the text contains a NUL: the kernel would see only a part
   */
  static byte[] of(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "a name with a NUL character cannot be given to the kernel: "
              + text.replace("\0", "\\0"));
    }
    byte[] bytes =
        hasSurrogates(text) ? FileNames.encode(text) : text.getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(bytes, bytes.length + 1);
  }

  private static boolean hasSurrogates(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return true;
      }
    }
    return false;
  }
}
