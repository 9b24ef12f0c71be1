package io.jollyboat.linux.network;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The body of a netlink message: a fixed header, if the message has one, then attributes of type,
 * length and value, each padded to four bytes (netlink(7)). Not safe for use by several threads.
 */
final class Attributes {

  private static final int NESTED = 0x8000;
  private static final int HEADER = 4;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

  /** Appends a fixed header. */
  Attributes header(byte[] header) {
    return padded(header);
  }

  Attributes bytes(int type, byte[] value) {
    ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.nativeOrder());
    header.putShort((short) (HEADER + value.length)).putShort((short) type);
    out.writeBytes(header.array());
    return padded(value);
  }

  /** NUL-terminated. */
  Attributes text(int type, String value) {
    byte[] bytes = value.getBytes(UTF_8);
    return bytes(type, Arrays.copyOf(bytes, bytes.length + 1));
  }

  /** Four bytes in the machine's order, as links, addresses and routes have them. */
  Attributes number(int type, int value) {
    return bytes(type, hostOrder(value));
  }

  /** Four bytes in network order, as packet rules have them. */
  Attributes netNumber(int type, int value) {
    return bytes(type, netOrder(value));
  }

  Attributes nest(int type, Attributes inner) {
    return bytes(type | NESTED, inner.toBytes());
  }

  byte[] toBytes() {
    return out.toByteArray();
  }

  static byte[] hostOrder(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array();
  }

  static byte[] netOrder(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  private Attributes padded(byte[] value) {
    out.writeBytes(value);
    out.writeBytes(new byte[-value.length & 3]);
    return this;
  }
}
