package io.jollyboat.linux.syscall;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory outside the heap, for calls that move many bytes: an array would be copied twice by every
 * one. Not safe for use by several threads.
 */
public final class NativeBuffer implements AutoCloseable {
  private final Memory memory;
  private final ByteBuffer bytes;

  public NativeBuffer(int capacity) {
    memory = new Memory(capacity);
    bytes = memory.getByteBuffer(0, capacity).order(ByteOrder.nativeOrder());
  }

  public int capacity() {
    return bytes.capacity();
  }

  /** The memory itself, in the machine's byte order; position and limit mean nothing to calls. */
  public ByteBuffer bytes() {
    return bytes;
  }

  long address() {
    return Pointer.nativeValue(memory);
  }

  @Override
  public void close() {
    memory.close();
  }
}
