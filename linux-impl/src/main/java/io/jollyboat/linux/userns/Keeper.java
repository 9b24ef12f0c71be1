package io.jollyboat.linux.userns;

import io.jollyboat.linux.launcher.LauncherBinary;
import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.OpenFlags;
import io.jollyboat.linux.syscall.ProcessCalls;
import io.jollyboat.linux.syscall.SocketCalls;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The launcher's third role: a process that holds a user namespace and makes system calls in it. It
 * ends with this object, and with this Java process. Safe for use by several threads.
 */
final class Keeper implements AutoCloseable {
  private static final int ANSWER = 16;
  private static final int SET_DUMPABLE = 4;

  private final int pid;
  private final Fd control;
  private final Fd namespace;
  private boolean closed;

  /** What a request gave: the last result, and the data with what calls have put there. */
  record Answer(long result, ByteBuffer data, Optional<Fd> descriptor) {
    /** The descriptor of a request that asked for one. */
    Fd opened() {
      return descriptor.orElseThrow(() -> new KernelException("keeper", "", Errno.EPIPE));
    }
  }

  /** Writes the maps of a new namespace whose process has this number. */
  interface Mapping {
    void map(int pid);
  }

  private Keeper(int pid, Fd control, Fd namespace) {
    this.pid = pid;
    this.control = control;
    this.namespace = namespace;
  }

  /**
   * Starts the process and maps its ids.
   *
   * @throws KernelException when the kernel refuses the namespace
   */
  static Keeper start(LauncherBinary binary, Mapping mapping) {
    try (SocketCalls.Pair pair = SocketCalls.pair(SocketCalls.SOCK_SEQPACKET)) {
      int pid = binary.spawn(List.of("jollyboat", "keep"), List.of(pair.second()));
      pair.second().close();
      Fd control = FileCalls.duplicate(pair.first(), 0);
      try {
        awaitNamespace(control);
        mapping.map(pid);
        Fd namespace = FileCalls.open("/proc/" + pid + "/ns/user", OpenFlags.O_RDONLY, 0);
        Keeper keeper = new Keeper(pid, control, namespace);
        keeper.hide();
        return keeper;
      } catch (RuntimeException | Error e) {
        pair.first().close();
        control.close();
        ProcessCalls.reap(pid);
        throw e;
      }
    }
  }

  /**
   * Starts the process in a namespace that there is.
   *
   * @throws KernelException when the kernel refuses it
   */
  static Keeper join(LauncherBinary binary, Fd namespace) {
    try (SocketCalls.Pair pair = SocketCalls.pair(SocketCalls.SOCK_SEQPACKET)) {
      int pid = binary.spawn(List.of("jollyboat", "keep-in"), List.of(pair.second(), namespace));
      pair.second().close();
      Fd control = FileCalls.duplicate(pair.first(), 0);
      try {
        awaitNamespace(control);
        return new Keeper(pid, control, FileCalls.duplicate(namespace, 0));
      } catch (RuntimeException | Error e) {
        pair.first().close();
        control.close();
        ProcessCalls.reap(pid);
        throw e;
      }
    }
  }

  private static void awaitNamespace(Fd control) {
    ByteBuffer answer = answer(control, new byte[ANSWER], new ArrayList<>());
    if (answer.getInt(0) != 0) {
      throw new KernelException("make a user namespace", "", new Errno(answer.getInt(4)));
    }
  }

  /** The maps are written: from here on nobody but root has a say over the process. */
  private void hide() {
    KeeperRequest request = new KeeperRequest();
    request.call(
        KernelCall.PRCTL, "dumpable", KeeperRequest.number(SET_DUMPABLE), KeeperRequest.number(0));
    run(request);
  }

  /** The namespace: a process of this user may join it. */
  Fd namespace() {
    return namespace;
  }

  /**
   * Makes the calls.
   *
   * @throws KernelException naming the call that failed
   */
  synchronized Answer run(KeeperRequest request) {
    if (closed) {
      throw new IllegalStateException("the engine is closed");
    }
    byte[] received = new byte[ANSWER + request.returned()];
    List<Fd> descriptors = new ArrayList<>();
    SocketCalls.send(control, request.encoded(), request.passed(), 0);
    ByteBuffer answer = answer(control, received, descriptors);
    int error = answer.getInt(4);
    if (error != 0) {
      int failed = answer.getInt(0);
      throw new KernelException(request.name(failed), request.what(failed), new Errno(error));
    }
    int start = Math.min(ANSWER + request.dataStart(), received.length);
    ByteBuffer data = ByteBuffer.wrap(received, start, received.length - start).slice();
    return new Answer(answer.getLong(8), data, descriptors.stream().findFirst());
  }

  private static ByteBuffer answer(Fd control, byte[] into, List<Fd> descriptors) {
    int length = SocketCalls.receive(control, into, descriptors, 0);
    if (length < ANSWER) {
      descriptors.forEach(Fd::close);
      throw new KernelException("ask the user namespace's keeper", "", Errno.EPIPE);
    }
    return ByteBuffer.wrap(into).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      namespace.close();
      // Its end is the end of the process, which has nothing to save.
      control.close();
      ProcessCalls.reap(pid);
    }
  }
}
