package io.jollyboat.linux.launcher;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Turns single operations into their bytes. */
final class OperationEncoder {

  private static final int HEADER = 32;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** Adds an operation whose payload is {@code strings}. */
  void add(OperationCode code, long a, long b, long c, List<String> strings) {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    for (String string : strings) {
      if (string.indexOf('\0') >= 0) {
        throw new IllegalArgumentException(
            "a NUL character cannot be given to the kernel: " + string.replace("\0", "\\0"));
      }
      payload.writeBytes(string.getBytes(StandardCharsets.UTF_8));
      payload.write(0);
    }
    add(code, a, b, c, payload.toByteArray());
  }

  /** Adds an operation with a payload of bytes. */
  void add(OperationCode code, long a, long b, long c, byte[] payload) {
    int length = HEADER + payload.length + 7 & ~7;
    ByteBuffer operation = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    operation.putInt(code.number()).putInt(length).putLong(a).putLong(b).putLong(c).put(payload);
    bytes.writeBytes(operation.array());
  }

  byte[] toByteArray() {
    return bytes.toByteArray();
  }
}
