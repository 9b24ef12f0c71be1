package io.jollyboat.store;

import static io.jollyboat.store.TarFields.BLOCK;

import io.jollyboat.spi.host.FileNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One member's header, ustar where that can say it and a pax header before it where not: POSIX.1
 * pax, "ustar Interchange Format" and "pax Extended Header". The same facts always give the same
 * bytes. Not safe for use by several threads.
 */
final class TarHeaderBlock {
  private static final int LARGEST_OCTAL_7 = 07777777;
  private static final long LARGEST_OCTAL_11 = 077777777777L;
  private static final byte[] MAGIC = "ustar\00000".getBytes(StandardCharsets.US_ASCII);

  private final byte[] block = new byte[BLOCK];
  private final SortedMap<String, byte[]> pax = new TreeMap<>();

  TarHeaderBlock(char type, int mode) {
    block[156] = (byte) type;
    octal(100, 8, mode);
    System.arraycopy(MAGIC, 0, block, 257, MAGIC.length);
    octal(329, 8, 0);
    octal(337, 8, 0);
  }

  void name(String name) {
    byte[] bytes = FileNames.encode(name);
    int slash = isAscii(bytes) && bytes.length > 100 ? prefixEnd(bytes) : -1;
    if (isAscii(bytes) && bytes.length <= 100) {
      put(0, bytes, 0, bytes.length);
    } else if (slash > 0) {
      put(345, bytes, 0, slash);
      put(0, bytes, slash + 1, bytes.length);
    } else {
      pax.put("path", bytes);
      put(0, shortForm(bytes), 0, Math.min(100, bytes.length));
    }
  }

  /** The slash at which a long name is split into at most 155 and 100 bytes. */
  private static int prefixEnd(byte[] name) {
    for (int i = Math.min(155, name.length - 2); i > 0 && name.length - i - 1 <= 100; i--) {
      if (name[i] == '/') {
        return i;
      }
    }
    return -1;
  }

  void link(String target) {
    byte[] bytes = FileNames.encode(target);
    if (isAscii(bytes) && bytes.length <= 100) {
      put(157, bytes, 0, bytes.length);
    } else {
      pax.put("linkpath", bytes);
      put(157, shortForm(bytes), 0, Math.min(100, bytes.length));
    }
  }

  void owner(int uid, int gid) {
    number("uid", 108, Integer.toUnsignedLong(uid));
    number("gid", 116, Integer.toUnsignedLong(gid));
  }

  private void number(String key, int offset, long value) {
    if (value > LARGEST_OCTAL_7) {
      pax.put(key, ascii(value));
    }
    octal(offset, 8, value > LARGEST_OCTAL_7 ? 0 : value);
  }

  void size(long size) {
    if (size > LARGEST_OCTAL_11) {
      pax.put("size", ascii(size));
    }
    octal(124, 12, size > LARGEST_OCTAL_11 ? 0 : size);
  }

  void modified(long seconds) {
    boolean fits = seconds >= 0 && seconds <= LARGEST_OCTAL_11;
    if (!fits) {
      pax.put("mtime", ascii(seconds));
    }
    octal(136, 12, fits ? seconds : 0);
  }

  void device(int major, int minor) throws IOException {
    if (major > LARGEST_OCTAL_7 || minor > LARGEST_OCTAL_7 || major < 0 || minor < 0) {
      throw new IOException("a tar cannot hold the device number " + major + ":" + minor);
    }
    octal(329, 8, major);
    octal(337, 8, minor);
  }

  void xattr(String name, byte[] value) throws IOException {
    if (name.indexOf('=') >= 0) {
      throw new IOException("a tar cannot hold the extended attribute \"" + name + "\"");
    }
    pax.put("SCHILY.xattr." + name, value);
  }

  /** Writes the header, and before it the pax header if one is needed. */
  void write(OutputStream out) throws IOException {
    if (!pax.isEmpty()) {
      byte[] records = records();
      TarHeaderBlock header = new TarHeaderBlock('x', 0644);
      header.put(0, "PaxHeaders/0".getBytes(StandardCharsets.US_ASCII), 0, 12);
      header.owner(0, 0);
      header.size(records.length);
      header.modified(0);
      header.write(out);
      out.write(records);
      out.write(new byte[Math.floorMod(-records.length, BLOCK)]);
    }
    Arrays.fill(block, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    octal(148, 7, sum);
    out.write(block);
  }

  private byte[] records() {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    pax.forEach(
        (key, value) -> {
          byte[] name = FileNames.encode(key);
          int rest = name.length + value.length + 3;
          int length = rest + Integer.toString(rest).length();
          length = rest + Integer.toString(length).length();
          records.writeBytes((length + " ").getBytes(StandardCharsets.US_ASCII));
          records.writeBytes(name);
          records.write('=');
          records.writeBytes(value);
          records.write('\n');
        });
    return records.toByteArray();
  }

  private static byte[] shortForm(byte[] name) {
    byte[] plain = name.clone();
    for (int i = 0; i < plain.length; i++) {
      plain[i] = plain[i] < 0 ? (byte) '_' : plain[i];
    }
    return plain;
  }

  private static boolean isAscii(byte[] bytes) {
    for (byte b : bytes) {
      if (b < 0) {
        return false;
      }
    }
    return true;
  }

  private static byte[] ascii(long value) {
    return Long.toString(value).getBytes(StandardCharsets.US_ASCII);
  }

  private void put(int offset, byte[] bytes, int from, int to) {
    System.arraycopy(bytes, from, block, offset, to - from);
  }

  /** Digits to the field's end but one, which is NUL. */
  private void octal(int offset, int length, long value) {
    long rest = value;
    for (int i = offset + length - 2; i >= offset; i--) {
      block[i] = (byte) ('0' + (rest & 7));
      rest >>= 3;
    }
    block[offset + length - 1] = 0;
  }
}
