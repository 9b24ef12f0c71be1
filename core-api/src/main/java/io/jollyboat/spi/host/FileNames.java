package io.jollyboat.spi.host;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/**
 * File names as Java strings without loss: UTF-8, and each byte {@code b} that is not part of a
 * valid sequence as the lone surrogate {@code U+DC00 + b}, as Python's {@code surrogateescape}
 * does.
 */
public final class FileNames {
  /** The order of names' bytes, which is not that of Java's characters. */
  public static final Comparator<String> BYTE_ORDER = FileNames::compare;

  private static final int ESCAPE = 0xDC00;

  private FileNames() {}

  /** The bytes of a name; inverse of {@link #decode}. */
  public static byte[] encode(String name) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(name.length() + 8);
    int start = 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean escaped =
          c >= ESCAPE + 0x80
              && c <= ESCAPE + 0xFF
              && (i == 0 || !Character.isHighSurrogate(name.charAt(i - 1)));
      if (escaped) {
        out.writeBytes(name.substring(start, i).getBytes(StandardCharsets.UTF_8));
        out.write(c - ESCAPE);
        start = i + 1;
      }
    }
    out.writeBytes(name.substring(start).getBytes(StandardCharsets.UTF_8));
    return out.toByteArray();
  }

  /** The name of some bytes; inverse of {@link #encode}. */
  public static String decode(byte[] bytes) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length + 1);
    while (true) {
      CoderResult result = decoder.decode(in, out, true);
      if (!result.isMalformed()) {
        break;
      }
      out.put((char) (ESCAPE + (in.get() & 0xFF)));
      decoder.reset();
    }
    return out.flip().toString();
  }

  private static int compare(String a, String b) {
    int shorter = Math.min(a.length(), b.length());
    for (int i = 0; i < shorter; i++) {
      char c = a.charAt(i);
      char d = b.charAt(i);
      if (c >= 0x80 || d >= 0x80) {
        return Arrays.compareUnsigned(encode(a), encode(b));
      }
      if (c != d) {
        return c - d;
      }
    }
    return a.length() - b.length();
  }
}
