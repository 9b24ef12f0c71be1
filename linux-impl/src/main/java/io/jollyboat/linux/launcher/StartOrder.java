package io.jollyboat.linux.launcher;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.SocketCalls;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** The order to a process that waits at {@link StartSteps#awaitStart}. */
public final class StartOrder {

  private static final int MESSAGE = 16;
  private static final int GO = 1;
  private static final int FAILED = 2;

  private StartOrder() {}

  /**
   * Gives the order and waits until the program is being executed.
   *
   * @param connection to the listener
   * @param names of all operations, the monitor's included, as the process counts them
   * @throws KernelException naming the operation that failed
   */
  public static void give(Fd connection, List<String> names) {
    ByteBuffer order = ByteBuffer.allocate(MESSAGE).order(ByteOrder.LITTLE_ENDIAN).putInt(GO);
    SocketCalls.sendFully(connection, order.array());
    byte[] answer = new byte[MESSAGE];
    if (SocketCalls.receive(connection, answer, new ArrayList<>(), 0) < MESSAGE) {
      return;
    }
    ByteBuffer message = ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN);
    if (message.getInt() != FAILED) {
      throw new IllegalStateException("the waiting process sent an unknown message");
    }
    int index = message.getInt();
    String name = index < names.size() ? names.get(index) : "start";
    throw new KernelException(name, "", new Errno((int) message.getLong()));
  }
}
