package io.jollyboat.linux.network;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.NetlinkCalls;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A netlink socket of one network namespace: requests that the kernel acknowledges, and lists of
 * what it has (netlink(7)). What the kernel refuses is a {@link KernelException} that says what the
 * message was for. Safe for use by several threads, one at a time.
 */
final class NetlinkSocket implements AutoCloseable {

  private static final int HEADER = 16;
  private static final int LARGEST_ANSWER = 64 << 10;
  private static final int ERROR = 2;
  private static final int DONE = 3;
  private static final int FLAG_DUMP_INTERRUPTED = 0x10;
  private static final int MOST_DUMPS = 8;

  private final Fd fd;
  private final ByteBuffer answer =
      ByteBuffer.allocateDirect(LARGEST_ANSWER).order(ByteOrder.nativeOrder());
  private int sequence;

  private NetlinkSocket(Fd fd) {
    this.fd = fd;
  }

  /** Links, addresses and routes of the calling thread's network namespace. */
  static NetlinkSocket route() {
    return new NetlinkSocket(NetlinkCalls.open(NetlinkCalls.NETLINK_ROUTE));
  }

  /** Packet rules of the calling thread's network namespace. */
  static NetlinkSocket netfilter() {
    return new NetlinkSocket(NetlinkCalls.open(NetlinkCalls.NETLINK_NETFILTER));
  }

  /**
   * Sends the messages together; the kernel takes them one after the other. All are carried out but
   * those that fail; the first failure is thrown.
   */
  synchronized void request(NetlinkMessage... messages) {
    send(List.of(messages), List.of(messages));
  }

  /**
   * Sends {@code messages} framed by {@code begin} and {@code end}: all or none is carried out.
   * After a failure the socket may hold answers that nobody waits for: close it.
   */
  synchronized void transaction(
      NetlinkMessage begin, List<NetlinkMessage> messages, NetlinkMessage end) {
    List<NetlinkMessage> all = new ArrayList<>();
    all.add(begin);
    all.addAll(messages);
    all.add(end);
    send(all, messages);
  }

  /** The bodies of all messages with which the kernel answers {@code query}. */
  synchronized List<byte[]> dump(NetlinkMessage query) {
    return ask(query, NetlinkMessage.DUMP);
  }

  /** The body of the one message with which the kernel answers {@code query}. */
  synchronized byte[] get(NetlinkMessage query) {
    return ask(query, NetlinkMessage.ACKNOWLEDGE).get(0);
  }

  @Override
  public void close() {
    fd.close();
  }

  private List<byte[]> ask(NetlinkMessage query, int flags) {
    for (int i = 0; i < MOST_DUMPS; i++) {
      List<byte[]> found = new ArrayList<>();
      NetlinkCalls.send(fd, encode(query, NetlinkMessage.REQUEST | flags));
      if (collect(query, found)) {
        return found;
      }
    }
    throw new KernelException(query.call(), query.what(), Errno.EINTR);
  }

  private void send(List<NetlinkMessage> all, List<NetlinkMessage> acknowledged) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
    int first = sequence + 1 + all.indexOf(acknowledged.get(0));
    for (NetlinkMessage message : all) {
      boolean wanted = acknowledged.contains(message);
      int flags = NetlinkMessage.REQUEST | (wanted ? NetlinkMessage.ACKNOWLEDGE : 0);
      out.writeBytes(encode(message, flags));
    }
    NetlinkCalls.send(fd, out.toByteArray());
    awaitAcknowledged(first, acknowledged, all.size() > acknowledged.size());
  }

  private void awaitAcknowledged(
      int first, List<NetlinkMessage> messages, boolean firstFailureEnds) {
    int open = messages.size();
    KernelException failure = null;
    while (open > 0 && !(firstFailureEnds && failure != null)) {
      NetlinkCalls.receive(fd, answer);
      for (int at = 0; at + HEADER + 4 <= answer.limit(); at += aligned(answer.getInt(at))) {
        int index = answer.getInt(at + 8) - first;
        if (type(at) != ERROR) {
          continue;
        }
        open -= index >= 0 && index < messages.size() ? 1 : 0;
        int errno = -answer.getInt(at + HEADER);
        if (errno != 0 && failure == null) {
          failure = failure(messages.get(Math.max(0, Math.min(index, messages.size() - 1))), errno);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Returns false if the kernel's list changed while it was being read. */
  private boolean collect(NetlinkMessage query, List<byte[]> found) {
    boolean consistent = true;
    while (true) {
      NetlinkCalls.receive(fd, answer);
      for (int at = 0; at + HEADER <= answer.limit(); at += aligned(answer.getInt(at))) {
        if (answer.getInt(at + 8) != sequence) {
          continue;
        }
        consistent &= (answer.getShort(at + 6) & FLAG_DUMP_INTERRUPTED) == 0;
        if (type(at) == ERROR || type(at) == DONE) {
          int errno = answer.getInt(at) >= HEADER + 4 ? -answer.getInt(at + HEADER) : 0;
          if (errno > 0) {
            throw failure(query, errno);
          }
          return consistent;
        }
        byte[] body = new byte[answer.getInt(at) - HEADER];
        answer.get(at + HEADER, body);
        found.add(body);
      }
    }
  }

  private byte[] encode(NetlinkMessage message, int flags) {
    byte[] body = message.body().toBytes();
    return ByteBuffer.allocate(HEADER + body.length)
        .order(ByteOrder.nativeOrder())
        .putInt(HEADER + body.length)
        .putShort((short) message.type())
        .putShort((short) (message.flags() | flags))
        .putInt(++sequence)
        .putInt(0)
        .put(body)
        .array();
  }

  private int type(int at) {
    return Short.toUnsignedInt(answer.getShort(at + 4));
  }

  private static int aligned(int length) {
    return Math.max(HEADER, (length + 3) & ~3);
  }

  private static KernelException failure(NetlinkMessage message, int errno) {
    return new KernelException(message.call(), message.what(), new Errno(errno));
  }
}
