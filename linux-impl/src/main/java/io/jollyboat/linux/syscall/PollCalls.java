package io.jollyboat.linux.syscall;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** epoll(7) and the event counter that wakes a waiting thread. Safe for use by several threads. */
public final class PollCalls {

  public static final int EPOLLIN = 0x001;
  public static final int EPOLLOUT = 0x004;
  public static final int EPOLLERR = 0x008;
  public static final int EPOLLHUP = 0x010;

  /** struct pollfd: the descriptor, what is asked for, what was found. */
  private static final int ENTRY = 8;

  private static final int RETURNED = 6;
  private static final int EPOLL_CTL_ADD = 1;
  private static final int EPOLL_CTL_DEL = 2;
  private static final int EFD_NONBLOCK = 04000;

  /** The structure is packed on x86_64 only, so that 32-bit programs could share it. */
  private static final int EVENT_SIZE = Architecture.current() == Architecture.X86_64 ? 12 : 16;

  static {
    NativeAccess.register(PollCalls.class);
  }

  private PollCalls() {}

  /** What happened ({@code EPOLLIN} and so on) to what was registered under {@code key}. */
  public record Event(int events, long key) {}

  /** poll(2) for something to read, or the end, on one descriptor; false after the timeout. */
  public static boolean readable(Fd fd, int timeoutMillis) {
    return any(List.of(fd), EPOLLIN, timeoutMillis);
  }

  /** poll(2) for something to read, or the end, on any of {@code fds}; false after the timeout. */
  public static boolean anyReadable(List<Fd> fds, int timeoutMillis) {
    return any(fds, EPOLLIN, timeoutMillis);
  }

  /** poll(2): those of {@code fds} that have something to read, or have ended; may be none. */
  public static List<Fd> readableOf(List<Fd> fds, int timeoutMillis) {
    byte[] entries = new byte[ENTRY * fds.size()];
    int count = poll(fds, EPOLLIN, timeoutMillis, entries);
    ByteBuffer poll = ByteBuffer.wrap(entries).order(ByteOrder.nativeOrder());
    List<Fd> ready = new ArrayList<>(count);
    for (int i = 0; i < fds.size(); i++) {
      if (poll.getShort(ENTRY * i + RETURNED) != 0) {
        ready.add(fds.get(i));
      }
    }
    return ready;
  }

  /** poll(2) for room to write, or an error; false after the timeout. */
  public static boolean writable(Fd fd, int timeoutMillis) {
    return any(List.of(fd), EPOLLOUT, timeoutMillis);
  }

  private static boolean any(List<Fd> fds, int events, int timeoutMillis) {
    return poll(fds, events, timeoutMillis, new byte[ENTRY * fds.size()]) > 0;
  }

  private static int poll(List<Fd> fds, int events, int timeoutMillis, byte[] entries) {
    ByteBuffer poll = ByteBuffer.wrap(entries).order(ByteOrder.nativeOrder());
    List<Fd> held = new ArrayList<>(fds.size());
    try {
      for (Fd fd : fds) {
        poll.putInt(fd.acquire()).putInt(events);
        held.add(fd);
      }
      return FileCalls.retry(
          () -> poll(entries, fds.size(), timeoutMillis), "poll", fds.toString());
    } finally {
      held.forEach(Fd::release);
    }
  }

  /** epoll_create1(2). */
  public static Fd create() {
    return new Fd(Errno.check(epoll_create1(OpenFlags.O_CLOEXEC), "epoll_create1", ""));
  }

  /** Reports {@code events} on {@code fd} as {@code key} from now on. */
  public static void add(Fd epoll, Fd fd, int events, long key) {
    ByteBuffer event = ByteBuffer.allocate(EVENT_SIZE).order(ByteOrder.nativeOrder());
    event.putInt(0, events).putLong(EVENT_SIZE - 8, key);
    int result = epoll_ctl(epoll.number(), EPOLL_CTL_ADD, fd.number(), event.array());
    Errno.check(result, "epoll_ctl", fd.toString());
  }

  /** Stops reporting {@code fd}: needed before closing one that another process shares. */
  public static void remove(Fd epoll, Fd fd) {
    int result = epoll_ctl(epoll.number(), EPOLL_CTL_DEL, fd.number(), new byte[EVENT_SIZE]);
    Errno.check(result, "epoll_ctl", fd.toString());
  }

  /** Waits for events, at most {@code most} of them; -1 milliseconds is for ever. */
  public static List<Event> await(Fd epoll, int most, int timeoutMillis) {
    byte[] found = new byte[most * EVENT_SIZE];
    int number = epoll.number();
    int count =
        FileCalls.retry(() -> epoll_wait(number, found, most, timeoutMillis), "epoll_wait", "");
    ByteBuffer events = ByteBuffer.wrap(found).order(ByteOrder.nativeOrder());
    List<Event> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int start = i * EVENT_SIZE;
      list.add(new Event(events.getInt(start), events.getLong(start + EVENT_SIZE - 8)));
    }
    return list;
  }

  /** An event counter: readable once {@link #signal} was called. */
  public static Fd eventCounter() {
    return new Fd(Errno.check(eventfd(0, OpenFlags.O_CLOEXEC | EFD_NONBLOCK), "eventfd", ""));
  }

  /** Makes the counter readable. */
  public static void signal(Fd counter) {
    byte[] one = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(1).array();
    FileCalls.write(counter, one);
  }

  private static native int poll(byte[] descriptors, long count, int timeout);

  private static native int epoll_create1(int flags);

  private static native int epoll_ctl(int epoll, int operation, int fd, byte[] event);

  private static native int epoll_wait(int epoll, byte[] events, int most, int timeout);

  private static native int eventfd(int initial, int flags);
}
