package io.jollyboat.linux.network;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * DNS over UDP: each query goes on by a socket of its own, so that only the resolver that was asked
 * can answer it (RFC 5452). One that stays silent or refuses is passed over for the next; after the
 * last the answer is "server failure". Used by one thread.
 */
final class DnsDatagrams implements AutoCloseable {

  private static final int LARGEST = 64 << 10;
  private static final int SMALLEST = 12;
  private static final int MOST_QUERIES = 512;
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(2);

  private final Selector selector;
  private final DatagramChannel inside;
  private final List<InetSocketAddress> resolvers;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(LARGEST);

  /** In the order of their deadlines, for all have the same time. */
  private final Deque<Attempt> open = new ArrayDeque<>();

  DnsDatagrams(Selector selector, DatagramChannel inside, List<InetSocketAddress> resolvers) {
    this.selector = selector;
    this.inside = inside;
    this.resolvers = List.copyOf(resolvers);
  }

  /** A query that one resolver, the {@code resolver}th, was asked. */
  private record Attempt(Query query, int resolver, DatagramChannel channel, long deadline) {}

  private static final class Query {
    final SocketAddress client;
    final byte[] bytes;

    Query(SocketAddress client, byte[] bytes) {
      this.client = client;
      this.bytes = bytes;
    }
  }

  /** 0 when there is nothing to wait for. */
  long millisToNextDeadline() {
    Attempt next = open.peekFirst();
    return next == null
        ? 0
        : Math.max(1, TimeUnit.NANOSECONDS.toMillis(next.deadline() - System.nanoTime()));
  }

  /** Passes on all queries that have come. */
  void receive() {
    try {
      buffer.clear();
      SocketAddress client = inside.receive(buffer);
      while (client != null) {
        byte[] bytes = taken();
        if (bytes.length >= SMALLEST && open.size() < MOST_QUERIES) {
          ask(new Query(client, bytes), 0);
        }
        buffer.clear();
        client = inside.receive(buffer);
      }
    } catch (IOException e) {
      // An error of an earlier answer, such as a client that is gone: the socket is as it was.
      return;
    }
  }

  /** Passes back the answer that has come for the query of {@code key}. */
  void answer(SelectionKey key) {
    Attempt attempt = (Attempt) key.attachment();
    try {
      buffer.clear();
      if (attempt.channel().read(buffer) == 0) {
        return;
      }
      byte[] answer = taken();
      byte[] query = attempt.query().bytes;
      if (answer.length >= SMALLEST && answer[0] == query[0] && answer[1] == query[1]) {
        end(attempt);
        send(answer, attempt.query().client);
      }
    } catch (IOException e) {
      // Nobody listens there.
      end(attempt);
      ask(attempt.query(), attempt.resolver() + 1);
    }
  }

  /** Gives up on resolvers that have been silent for too long. */
  void expire() {
    List<Attempt> late = new ArrayList<>();
    for (Attempt attempt : open) {
      if (attempt.deadline() - System.nanoTime() > 0) {
        break;
      }
      late.add(attempt);
    }
    for (Attempt attempt : late) {
      end(attempt);
      ask(attempt.query(), attempt.resolver() + 1);
    }
  }

  @Override
  public void close() {
    List.copyOf(open).forEach(this::end);
  }

  private void ask(Query query, int first) {
    for (int i = first; i < resolvers.size(); i++) {
      if (send(query, i)) {
        return;
      }
    }
    send(failure(query.bytes), query.client);
  }

  private boolean send(Query query, int resolver) {
    try {
      DatagramChannel channel = DatagramChannel.open();
      Attempt attempt = new Attempt(query, resolver, channel, System.nanoTime() + PATIENCE);
      open.addLast(attempt);
      try {
        channel.connect(resolvers.get(resolver)).configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, attempt);
        channel.write(ByteBuffer.wrap(query.bytes));
        return true;
      } catch (IOException | RuntimeException e) {
        end(attempt);
        return false;
      }
    } catch (IOException e) {
      return false;
    }
  }

  private void send(byte[] answer, SocketAddress client) {
    try {
      inside.send(ByteBuffer.wrap(answer), client);
    } catch (IOException e) {
      // As if it was lost on the way: the client asks again.
      return;
    }
  }

  private void end(Attempt attempt) {
    open.remove(attempt);
    try {
      attempt.channel().close();
    } catch (IOException e) {
      // There is nothing left to lose on it.
      return;
    }
  }

  /** The query as an answer with the code SERVFAIL (RFC 1035, 4.1.1). */
  private static byte[] failure(byte[] query) {
    byte[] answer = query.clone();
    answer[2] |= (byte) 0x80;
    answer[3] = (byte) ((answer[3] & 0xf0) | 2);
    return answer;
  }

  private byte[] taken() {
    byte[] bytes = new byte[buffer.flip().remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
