package io.jollyboat.linux.network;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.Pid;
import io.jollyboat.linux.syscall.PollCalls;
import io.jollyboat.linux.syscall.ProcessCalls;
import io.jollyboat.linux.syscall.SocketCalls;
import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The process that serves a container's published ports: it accepts on the host and connects within
 * the container's network namespace, to 127.0.0.1, then the container's own address, then ::1. It
 * ends when the container's first process has ended, or its control socket has no other end. Safe
 * for use by several threads.
 */
public final class PortRelay implements AutoCloseable {

  private static final int SIGKILL = 9;
  private static final int ANSWER = 8;
  private static final int LONGEST_END_MILLIS = 5000;

  /** Above all numbers that the relay's own descriptors will have. */
  private static final int HIGH = 300;

  private static final List<String> STEPS =
      List.of(
          "run",
          "read its arguments",
          "enter the network of",
          "get memory",
          "drop privileges",
          "join the engine's control groups for");

  /** Words before those that are the role's own. */
  private static final int ROLE = 2;

  private final int spawned;
  private final Fd control;
  private final boolean detached;
  private Optional<Pid> process = Optional.empty();
  private boolean ended;

  private PortRelay(int spawned, Fd control, boolean detached) {
    this.spawned = spawned;
    this.control = control;
    this.detached = detached;
  }

  /** Starts the launcher's program. */
  @FunctionalInterface
  public interface Program {
    /** Returns the process id; {@code descriptors} become the child's 0, 1 and so on. */
    int spawn(List<String> arguments, List<Fd> descriptors);
  }

  /**
   * The same program, for a relay that first writes {@code 0} into some files: those of control
   * groups, which it joins so.
   */
  public static Program inGroups(Program program, List<String> files) {
    return (arguments, descriptors) -> {
      List<String> words = new ArrayList<>(arguments);
      words.addAll(ROLE, files);
      return program.spawn(words, descriptors);
    };
  }

  /**
   * Starts the relay and waits until it runs, about a millisecond. It has the sockets of {@code
   * ports} from then on, which are closed here.
   *
   * @param init the container's first process
   * @param address the container's own address, if it has one
   * @param users the user namespace that owns the network, where that is not root's own
   * @throws KernelException if the process is gone, or the relay may not enter its network
   */
  public static PortRelay start(
      Program program,
      PublishedPorts ports,
      Pid init,
      Optional<Inet4Address> address,
      Optional<Fd> users) {
    return start(program, ports, init, address, users, false);
  }

  /**
   * The same for a container that outlives this process: the relay ends with the container, or when
   * this is closed.
   */
  public static PortRelay startDetached(
      Program program,
      PublishedPorts ports,
      Pid init,
      Optional<Inet4Address> address,
      Optional<Fd> users) {
    return start(program, ports, init, address, users, true);
  }

  private static PortRelay start(
      Program program,
      PublishedPorts ports,
      Pid init,
      Optional<Inet4Address> address,
      Optional<Fd> users,
      boolean detached) {
    List<Fd> inherited = new ArrayList<>();
    try (ports;
        SocketCalls.Pair control = SocketCalls.pair(SocketCalls.SOCK_STREAM);
        NetworkNamespace namespace = NetworkNamespace.of(init)) {
      // For root any other descriptor stands in, as one that is no user namespace.
      List<Fd> own =
          List.of(
              control.second(), namespace.fd(), init.descriptor(), users.orElse(namespace.fd()));
      for (Fd fd : descriptors(own, ports.sockets())) {
        inherited.add(FileCalls.duplicate(fd, HIGH));
      }
      int pid = program.spawn(arguments(ports, address, detached), inherited);
      control.second().close();
      inherited.forEach(Fd::close);
      PortRelay relay = new PortRelay(pid, FileCalls.duplicate(control.first(), 0), detached);
      relay.awaitRunning(init.toString());
      return relay;
    } finally {
      inherited.forEach(Fd::close);
    }
  }

  /** The relay's process id on the host. */
  public int pid() {
    return process.map(Pid::number).orElse(spawned);
  }

  /** Lets go of one that was started as detached: it serves on. */
  public synchronized void letGo() {
    if (detached && !ended) {
      ended = true;
      control.close();
      process.ifPresent(pid -> pid.descriptor().close());
    }
  }

  /** Frees the ports and cuts their connections. */
  @Override
  public synchronized void close() {
    if (ended) {
      return;
    }
    ended = true;
    control.close();
    if (detached) {
      process.ifPresent(PortRelay::end);
    } else {
      // It has nothing to save, and until it is reaped the number cannot be another process's.
      ProcessCalls.signal(spawned, SIGKILL);
      ProcessCalls.reap(spawned);
    }
  }

  private static void end(Pid pid) {
    try (Fd descriptor = pid.descriptor()) {
      ProcessCalls.signal(descriptor, SIGKILL);
      PollCalls.readable(descriptor, LONGEST_END_MILLIS);
    }
  }

  private void awaitRunning(String whose) {
    try {
      if (detached) {
        ProcessCalls.reap(spawned); // it has handed over
      }
      byte[] answer = new byte[ANSWER];
      if (FileCalls.read(control, answer) < ANSWER) {
        throw new KernelException("start relay for", whose, Errno.EPIPE);
      }
      ByteBuffer numbers = ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder());
      int step = numbers.getInt();
      int value = numbers.getInt();
      if (step != 0) {
        String doing = STEPS.get(Math.min(step, STEPS.size() - 1));
        throw new KernelException("relay: " + doing, whose, new Errno(value));
      }
      if (detached) {
        process = Optional.of(new Pid(value, ProcessCalls.openPid(value)));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private static List<Fd> descriptors(List<Fd> own, List<Fd> sockets) {
    List<Fd> all = new ArrayList<>(own);
    all.addAll(sockets);
    return all;
  }

  private static List<String> arguments(
      PublishedPorts ports, Optional<Inet4Address> address, boolean detached) {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("jollyboat", detached ? "relay-detached" : "relay"));
    words.add(address.map(Inet4Address::getHostAddress).orElse("-"));
    ports.ports().forEach(port -> words.add(Integer.toString(port.containerPort())));
    return words;
  }
}
