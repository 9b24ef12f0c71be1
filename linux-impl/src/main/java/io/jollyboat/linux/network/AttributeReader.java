package io.jollyboat.linux.network;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What the kernel answered: the attributes of one message or of one nest, by type. Immutable. */
final class AttributeReader {

  private static final int TYPE = 0x3fff;
  private static final int HEADER = 4;

  private final Map<Integer, byte[]> values;

  private AttributeReader(Map<Integer, byte[]> values) {
    this.values = values;
  }

  /** Reads the attributes that start at {@code offset} of {@code body}. */
  static AttributeReader of(byte[] body, int offset) {
    ByteBuffer buffer = ByteBuffer.wrap(body).order(ByteOrder.nativeOrder());
    Map<Integer, byte[]> values = new HashMap<>();
    int at = offset;
    while (at + HEADER <= body.length) {
      int length = Short.toUnsignedInt(buffer.getShort(at));
      if (length < HEADER || at + length > body.length) {
        break;
      }
      byte[] value = new byte[length - HEADER];
      buffer.get(at + HEADER, value);
      values.put(buffer.getShort(at + 2) & TYPE, value);
      at += (length + 3) & ~3;
    }
    return new AttributeReader(values);
  }

  Optional<byte[]> bytes(int type) {
    return Optional.ofNullable(values.get(type));
  }

  Optional<String> text(int type) {
    return bytes(type).map(value -> new String(value, UTF_8).split("\0", 2)[0]);
  }

  /** Four bytes in the machine's order. */
  OptionalInt number(int type) {
    byte[] value = values.get(type);
    return value == null || value.length < 4
        ? OptionalInt.empty()
        : OptionalInt.of(ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt());
  }

  /** Four bytes in network order, such as an IPv4 address. */
  OptionalInt netNumber(int type) {
    byte[] value = values.get(type);
    return value == null || value.length != 4
        ? OptionalInt.empty()
        : OptionalInt.of(ByteBuffer.wrap(value).getInt());
  }
}
