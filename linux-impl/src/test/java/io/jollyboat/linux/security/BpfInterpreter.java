package io.jollyboat.linux.security;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Runs a seccomp filter as the kernel would. */
final class BpfInterpreter {
  private final ByteBuffer program;
  private int steps;

  BpfInterpreter(SeccompProgram program) {
    this.program = ByteBuffer.wrap(program.bytes()).order(ByteOrder.nativeOrder());
  }

  /** How many instructions the last run took. */
  int steps() {
    return steps;
  }

  int run(int audit, int number, long... arguments) {
    ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());
    data.putInt(number).putInt(audit).putLong(0);
    for (long argument : arguments) {
      data.putLong(argument);
    }
    return run(data);
  }

  private int run(ByteBuffer data) {
    int accumulator = 0;
    int at = 0;
    for (steps = 1; ; steps++) {
      int offset = 8 * at++;
      int code = program.getShort(offset);
      int whenTrue = program.get(offset + 2) & 0xff;
      int whenFalse = program.get(offset + 3) & 0xff;
      int constant = program.getInt(offset + 4);
      switch (code) {
        case 0x20 -> accumulator = data.getInt(constant);
        case 0x54 -> accumulator &= constant;
        case 0x06 -> {
          return constant;
        }
        case 0x05 -> at += constant;
        case 0x15 -> at += accumulator == constant ? whenTrue : whenFalse;
        case 0x25 ->
            at += Integer.compareUnsigned(accumulator, constant) > 0 ? whenTrue : whenFalse;
        case 0x35 ->
            at += Integer.compareUnsigned(accumulator, constant) >= 0 ? whenTrue : whenFalse;
        default -> throw new IllegalStateException("instruction " + Integer.toHexString(code));
      }
    }
  }
}
