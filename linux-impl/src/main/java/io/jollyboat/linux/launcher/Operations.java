package io.jollyboat.linux.launcher;

import io.jollyboat.linux.syscall.Fd;
import java.util.List;

/**
 * What the launcher does in a new process, in order, ending with the program that takes its place.
 * Immutable.
 *
 * <p>On the wire an operation is 32 bytes, {@code u32 code, u32 length, u64 a, u64 b, u64 c}, then
 * its strings, each ended by a NUL, then zeros up to a multiple of eight; {@code length} counts all
 * of it. Numbers are little-endian.
 */
public final class Operations {

  private final byte[] encoded;
  private final List<String> names;
  private final List<Fd> descriptors;

  Operations(byte[] encoded, List<String> names, List<Fd> descriptors) {
    this.encoded = encoded;
    this.names = List.copyOf(names);
    this.descriptors = List.copyOf(descriptors);
  }

  /** An empty list to add to. */
  public static OperationsBuilder builder() {
    return new OperationsBuilder(0);
  }

  /** How many there are. */
  public int count() {
    return names.size();
  }

  /** The name of operation {@code index} for errors, such as {@code mount /proc}. */
  public String name(int index) {
    return names.get(index);
  }

  /** All names, in order. */
  public List<String> names() {
    return names;
  }

  /**
   * The descriptors that the operations use, by the index in their encoding. They belong to whoever
   * added them, who keeps them open until the launcher has been started.
   */
  List<Fd> descriptors() {
    return descriptors;
  }

  /** The operations as bytes. */
  byte[] encoded() {
    return encoded.clone();
  }
}
