package io.jollyboat.linux.syscall;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Calls that start, signal and reap processes. Safe for use by several threads. */
public final class ProcessCalls {

  private static final int WNOHANG = 1;
  private static final short SETSIGDEF_AND_SETSIGMASK = 0x04 | 0x08;
  private static final long SIGNAL_SET = 128;

  /** Larger than the opaque structures of glibc (80 and 336 bytes) and musl. */
  private static final long OPAQUE = 512;

  static {
    NativeAccess.register(ProcessCalls.class);
  }

  private ProcessCalls() {}

  /**
   * posix_spawn(3): a child with {@code descriptors.get(i)} as its descriptor {@code i}, every
   * signal at its default and none blocked. Safe in a process of many threads, for the child shares
   * no lock with it.
   *
   * @return the child's process id; the caller has to reap it
   */
  public static int spawn(
      String path, List<String> arguments, List<String> environment, List<Fd> descriptors) {
    return spawn(path, arguments, environment, descriptors, Optional.empty());
  }

  /**
   * As {@link #spawn(String, List, List, List)}.
   *
   * @param directory where the child works, in place of this process's own directory
   */
  public static int spawn(
      String path,
      List<String> arguments,
      List<String> environment,
      List<Fd> descriptors,
      Optional<Path> directory) {
    List<Fd> lifted = new ArrayList<>();
    List<Fd> held = new ArrayList<>(descriptors.size());
    try {
      // Whoever closes one meanwhile must not make its number another file's.
      for (Fd fd : descriptors) {
        fd.acquire();
        held.add(fd);
      }
      List<Fd> sources = above(descriptors, lifted);
      return spawnFrom(path, arguments, environment, sources, directory);
    } finally {
      held.forEach(Fd::release);
      lifted.forEach(Fd::close);
    }
  }

  /**
   * Descriptors numbered beyond the child's own, so that none is overwritten before it is copied
   * and none keeps its close-on-exec flag by being copied to itself.
   */
  private static List<Fd> above(List<Fd> descriptors, List<Fd> lifted) {
    List<Fd> sources = new ArrayList<>(descriptors);
    for (int i = 0; i < sources.size(); i++) {
      if (sources.get(i).number() < sources.size()) {
        Fd higher = FileCalls.duplicate(sources.get(i), sources.size());
        lifted.add(higher);
        sources.set(i, higher);
      }
    }
    return sources;
  }

  private static int spawnFrom(
      String path,
      List<String> arguments,
      List<String> environment,
      List<Fd> descriptors,
      Optional<Path> directory) {
    try (Memory actions = new Memory(OPAQUE);
        Memory attributes = new Memory(OPAQUE);
        Memory words = words(arguments, environment)) {
      require(posix_spawn_file_actions_init(actions), path);
      require(posix_spawnattr_init(attributes), path);
      try {
        cleanSignals(attributes, path);
        for (int i = 0; i < descriptors.size(); i++) {
          int source = descriptors.get(i).number();
          require(posix_spawn_file_actions_adddup2(actions, source, i), path);
        }
        directory.ifPresent(at -> require(SpawnDirectory.add(actions, at), path));
        int[] pid = new int[1];
        Pointer environmentAt = words.share(8L * (arguments.size() + 1));
        require(
            posix_spawn(pid, CString.of(path), actions, attributes, words, environmentAt), path);
        return pid[0];
      } finally {
        require(posix_spawn_file_actions_destroy(actions), path);
        require(posix_spawnattr_destroy(attributes), path);
      }
    }
  }

  /**
   * execve(2): this process becomes another program and keeps its number, its children and the
   * descriptors that are not close-on-exec. Of this one nothing is left that could be tidied up.
   *
   * @throws KernelException the only way in which it returns
   */
  public static KernelException become(
      String path, List<String> arguments, List<String> environment) {
    try (Memory words = words(arguments, environment)) {
      Pointer environmentAt = words.share(8L * (arguments.size() + 1));
      Errno.check(execve(CString.of(path), words, environmentAt), "execve", path);
      throw new IllegalStateException("execve(2) has returned");
    }
  }

  /** Reaps the child {@code pid} if it has ended: its wait status, or nothing while it runs. */
  public static OptionalInt reapIfEnded(int pid) {
    return wait(pid, WNOHANG);
  }

  /** Waits for the child {@code pid} and reaps it: its wait status. */
  public static int reap(int pid) {
    return wait(pid, 0).orElseThrow();
  }

  /** pidfd_open(2): readable when the process has ended. */
  public static Fd openPid(int pid) {
    long fd = syscall(SyscallNumber.PIDFD_OPEN, pid, 0, 0, 0);
    return new Fd((int) Errno.check(fd, "pidfd_open", Integer.toString(pid)));
  }

  /** pidfd_send_signal(2); false when the process has already ended. */
  public static boolean signal(Fd pid, int signal) {
    try (Fd.Hold held = pid.hold()) {
      return sent(syscall(SyscallNumber.PIDFD_SEND_SIGNAL, held.number(), signal, 0, 0), signal);
    }
  }

  /** kill(2); false when there is no such process. Prefer a pid descriptor: numbers are reused. */
  public static boolean signal(int pid, int signal) {
    return sent(kill(pid, signal), signal);
  }

  private static boolean sent(long result, int signal) {
    if (result < 0 && Errno.last().equals(Errno.ESRCH)) {
      return false;
    }
    return Errno.check(result, "kill", "signal " + signal) == 0;
  }

  private static OptionalInt wait(int pid, int options) {
    int[] status = new int[1];
    int ended =
        FileCalls.retry(() -> waitpid(pid, status, options), "waitpid", Integer.toString(pid));
    return ended == 0 ? OptionalInt.empty() : OptionalInt.of(status[0]);
  }

  private static void cleanSignals(Memory attributes, String path) {
    try (Memory none = new Memory(SIGNAL_SET);
        Memory all = new Memory(SIGNAL_SET)) {
      none.clear();
      all.setMemory(0, SIGNAL_SET, (byte) 0xff);
      require(posix_spawnattr_setflags(attributes, SETSIGDEF_AND_SETSIGMASK), path);
      require(posix_spawnattr_setsigmask(attributes, none), path);
      require(posix_spawnattr_setsigdefault(attributes, all), path);
    }
  }

  /** Two NULL-terminated arrays of pointers, one after the other, then the strings. */
  private static Memory words(List<String> arguments, List<String> environment) {
    List<byte[]> strings = new ArrayList<>();
    arguments.forEach(word -> strings.add(CString.of(word)));
    environment.forEach(word -> strings.add(CString.of(word)));
    long at = 8L * (strings.size() + 2);
    Memory words = new Memory(at + strings.stream().mapToLong(s -> s.length).sum());
    words.clear();
    for (int i = 0; i < strings.size(); i++) {
      byte[] string = strings.get(i);
      int slot = i < arguments.size() ? i : i + 1;
      words.write(at, string, 0, string.length);
      words.setPointer(8L * slot, words.share(at));
      at += string.length;
    }
    return words;
  }

  /** These functions return the error number instead of setting errno. */
  private static void require(int errno, String path) {
    if (errno != 0) {
      throw new KernelException("posix_spawn", path, new Errno(errno));
    }
  }

  private static native int posix_spawn(
      int[] pid, byte[] path, Pointer actions, Pointer attributes, Pointer argv, Pointer envp);

  private static native int posix_spawn_file_actions_init(Pointer actions);

  private static native int posix_spawn_file_actions_destroy(Pointer actions);

  private static native int posix_spawn_file_actions_adddup2(Pointer actions, int from, int to);

  private static native int posix_spawnattr_init(Pointer attributes);

  private static native int posix_spawnattr_destroy(Pointer attributes);

  private static native int posix_spawnattr_setflags(Pointer attributes, short flags);

  private static native int posix_spawnattr_setsigmask(Pointer attributes, Pointer set);

  private static native int posix_spawnattr_setsigdefault(Pointer attributes, Pointer set);

  private static native int execve(byte[] path, Pointer argv, Pointer envp);

  private static native int kill(int pid, int signal);

  private static native int waitpid(int pid, int[] status, int options);

  private static native long syscall(long number, long a, long b, long c, long d);
}
