package io.jollyboat.linux.userns;

import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.OpenFlags;
import io.jollyboat.spi.host.FileNames;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Calls that the keeper makes one after the other, until one fails. Not safe for use by several
 * threads.
 */
final class KeeperRequest {
  /** Where the keeper has the first passed descriptor. */
  private static final int FIRST_PASSED = 200;

  /** Above the last passed one. */
  private static final int FIRST_OPENED = 400;

  private static final int HEADER = 8;
  private static final int CALL = 64;
  private static final int ARGUMENTS = 6;
  private static final long SENT_TO_JAVA = 1L << 32;

  /** What an argument is, as the keeper tells them apart. */
  private static final long VALUE = 0;

  private static final long PASSED = 1;
  private static final long ADDRESS = 2;
  private static final long RESULT = 3;

  private final List<Call> calls = new ArrayList<>();
  private final List<Fd> passed = new ArrayList<>();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private boolean returnsData;

  /**
   * One argument of a call.
   *
   * @param value a number, an index, or a place in the data
   */
  record Argument(long kind, long value) {}

  private record Call(int number, long flags, List<Argument> arguments, String name, String what) {
    /** Four bits for each argument, the first lowest. */
    long kinds() {
      long kinds = 0;
      for (int i = 0; i < arguments.size(); i++) {
        kinds |= arguments.get(i).kind() << (4 * i);
      }
      return kinds;
    }
  }

  static Argument number(long value) {
    return new Argument(VALUE, value);
  }

  /** What an earlier call of this request gave, counted from 0. */
  static Argument resultOf(int call) {
    return new Argument(RESULT, call);
  }

  Argument descriptor(Fd fd) {
    passed.add(fd);
    return new Argument(PASSED, passed.size() - 1L);
  }

  /** The path by which the keeper can open a name below a passed descriptor. */
  Argument pathBelow(Fd directory, String name) {
    return text(pathOf(directory) + "/" + (name.isEmpty() ? "." : name));
  }

  /** The path by which the keeper can open a passed descriptor again. */
  String pathOf(Fd fd) {
    passed.add(fd);
    return "/proc/self/fd/" + (FIRST_PASSED + passed.size() - 1);
  }

  /** Has the keeper open a path of its own, and tells by which other path it is known then. */
  String openedAgain(Path path) {
    int place = FIRST_OPENED + calls.size();
    int flags = OpenFlags.O_PATH | OpenFlags.O_CLOEXEC;
    call(KernelCall.OPENAT, path.toString(), number(-100), text(path.toString()), number(flags));
    call(
        KernelCall.DUP3,
        path.toString(),
        resultOf(calls.size() - 1),
        number(place),
        number(OpenFlags.O_CLOEXEC));
    return "/proc/self/fd/" + place;
  }

  Argument text(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a name with a NUL character cannot be given");
    }
    byte[] encoded = FileNames.encode(text);
    return bytes(Arrays.copyOf(encoded, encoded.length + 1));
  }

  Argument bytes(byte[] bytes) {
    long at = data.size();
    data.writeBytes(bytes);
    data.writeBytes(new byte[(8 - data.size() % 8) % 8]);
    return new Argument(ADDRESS, at);
  }

  /** Room that a call fills: the answer brings it back. Before all other data. */
  Argument room(int size) {
    returnsData = true;
    return bytes(new byte[size]);
  }

  void call(KernelCall call, String what, Argument... arguments) {
    add(call, 0, what, arguments);
  }

  /** A call whose result is a descriptor that this process wants to have. */
  void open(KernelCall call, String what, Argument... arguments) {
    add(call, SENT_TO_JAVA, what, arguments);
  }

  private void add(KernelCall call, long flags, String what, Argument... arguments) {
    String name = call.name().toLowerCase(Locale.ROOT);
    calls.add(new Call(call.number(), flags, List.of(arguments), name, what));
  }

  List<Fd> passed() {
    return passed;
  }

  /** Name and object of a call that failed. */
  String name(int call) {
    return calls.get(Math.min(call, calls.size() - 1)).name();
  }

  String what(int call) {
    return calls.get(Math.min(call, calls.size() - 1)).what();
  }

  /** Where the data starts in the message, and in what comes back. */
  int dataStart() {
    return HEADER + CALL * calls.size();
  }

  int returned() {
    return returnsData ? dataStart() + data.size() : 0;
  }

  byte[] encoded() {
    ByteBuffer message = ByteBuffer.allocate(dataStart() + data.size());
    message.order(ByteOrder.LITTLE_ENDIAN);
    message.putInt(calls.size()).putInt(returned());
    for (Call call : calls) {
      message.putLong(call.number()).putLong(call.flags() | call.kinds());
      for (int i = 0; i < ARGUMENTS; i++) {
        message.putLong(i < call.arguments().size() ? onWire(call.arguments().get(i)) : 0);
      }
    }
    return message.put(data.toByteArray()).array();
  }

  private long onWire(Argument argument) {
    return argument.value() + (argument.kind() == ADDRESS ? dataStart() : 0);
  }
}
