package io.jollyboat.linux.launcher;

import io.jollyboat.linux.syscall.Architecture;
import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.OpenFlags;
import io.jollyboat.linux.syscall.ProcessCalls;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/**
 * The launcher's program, in a form that no container can change: a container sees the file of
 * whoever entered it as {@code /proc/PID/exe}. It lives in a sealed memory file; where the kernel
 * does not execute memory files, every start gets a private copy of its own. Safe for use by
 * several threads.
 */
public final class LauncherBinary implements AutoCloseable {

  private static final int MFD_CLOEXEC = 1;
  private static final int MFD_ALLOW_SEALING = 2;
  private static final int MFD_EXEC = 0x10;
  private static final int F_ADD_SEALS = 1033;

  /** Seal, shrink, grow, write: what every kernel knows. */
  private static final int SEALS = 0x0f;

  private static final int F_SEAL_EXEC = 0x20;

  private final byte[] program;
  private final Path copies;
  private final Fd memory;
  private volatile boolean copyPerStart;

  private LauncherBinary(byte[] program, Path copies, Fd memory) {
    this.program = program;
    this.copies = copies;
    this.memory = memory;
  }

  /**
   * Reads the program for this machine from the jar.
   *
   * @param copies a private directory on a file system that allows execution, for the case that
   *     memory files may not be executed
   * @throws IllegalStateException if the jar was built without a launcher for this architecture
   */
  public static LauncherBinary load(Path copies) {
    byte[] program = read(Architecture.current());
    Fd memory = memoryFile();
    try {
      FileCalls.writeFully(memory, program);
      seal(memory);
      return new LauncherBinary(program, copies, memory);
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  /**
   * Starts the program.
   *
   * @param arguments after the program's own name; the first names the role
   * @param descriptors what the child has as its descriptors 0, 1 and so on
   * @return the child's process id; the caller has to reap it
   */
  public int spawn(List<String> arguments, List<Fd> descriptors) {
    if (!copyPerStart) {
      try {
        return ProcessCalls.spawn(memory.path(), arguments, List.of(), descriptors);
      } catch (KernelException e) {
        // vm.memfd_noexec, a security module, or no /proc.
        if (!e.is(Errno.EACCES) && !e.is(Errno.EPERM) && !e.is(Errno.ENOENT)) {
          throw e;
        }
        copyPerStart = true;
      }
    }
    return spawnCopy(arguments, descriptors);
  }

  /**
   * This process becomes the program.
   *
   * @param arguments as for {@link #spawn}
   * @throws KernelException when the kernel refuses; it returns in no other way
   */
  void become(List<String> arguments) {
    List<String> environment = new ArrayList<>();
    System.getenv().forEach((name, value) -> environment.add(name + "=" + value));
    try {
      throw ProcessCalls.become(memory.path(), arguments, environment);
    } catch (KernelException e) {
      if (!e.is(Errno.EACCES) && !e.is(Errno.EPERM) && !e.is(Errno.ENOENT)) {
        throw e;
      }
    }
    try (Fd copy = openCopy()) {
      throw ProcessCalls.become(copy.path(), arguments, environment);
    }
  }

  /** A copy without a name, so that nobody has to remove it. */
  private Fd openCopy() {
    String path = writeCopy();
    try {
      return FileCalls.open(path, OpenFlags.O_RDONLY | OpenFlags.O_CLOEXEC, 0);
    } finally {
      FileCalls.unlink(path);
    }
  }

  @Override
  public void close() {
    memory.close();
  }

  /** A fresh copy each time: nobody has had it open for writing while it can be executed. */
  private int spawnCopy(List<String> arguments, List<Fd> descriptors) {
    String path = writeCopy();
    try {
      return spawnWhenIdle(path, arguments, descriptors);
    } finally {
      FileCalls.unlink(path);
    }
  }

  private String writeCopy() {
    String path = copies.resolve("launcher-" + UUID.randomUUID()).toString();
    int flags = OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_EXCL;
    try (Fd file = FileCalls.open(path, flags, 0500)) {
      FileCalls.writeFully(file, program);
      return path;
    } catch (KernelException e) {
      FileCalls.unlink(path);
      throw e;
    }
  }

  /**
   * A child that another thread is just starting may hold the descriptor with which the copy was
   * written, until it executes its own program; so long the kernel answers ETXTBSY.
   */
  private static int spawnWhenIdle(String path, List<String> arguments, List<Fd> descriptors) {
    for (int tries = 0; ; tries++) {
      try {
        return ProcessCalls.spawn(path, arguments, List.of(), descriptors);
      } catch (KernelException e) {
        if (!e.is(Errno.ETXTBSY) || tries == 100) {
          throw e;
        }
        LockSupport.parkNanos(100_000);
      }
    }
  }

  private static Fd memoryFile() {
    int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
    try {
      return FileCalls.memfd("jollyboat-launcher", flags | MFD_EXEC);
    } catch (KernelException e) {
      if (!e.is(Errno.EINVAL) && !e.is(Errno.EACCES)) {
        throw e;
      }
      // Before Linux 6.3, every memory file may be executed; with vm.memfd_noexec=2, none.
      return FileCalls.memfd("jollyboat-launcher", flags);
    }
  }

  private static void seal(Fd memory) {
    try {
      FileCalls.control(memory, F_ADD_SEALS, SEALS | F_SEAL_EXEC);
    } catch (KernelException e) {
      if (!e.is(Errno.EINVAL)) {
        throw e;
      }
      FileCalls.control(memory, F_ADD_SEALS, SEALS);
    }
  }

  private static byte[] read(Architecture architecture) {
    String name = "/META-INF/native/linux-" + architecture.kernelName() + "/launcher";
    try (InputStream in = LauncherBinary.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(
            "this build of Jollyboat has no launcher for "
                + architecture.kernelName()
                + ": build it where a C compiler for that architecture is installed");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
