package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.FileSystemCalls;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.LoopCalls;
import io.jollyboat.linux.syscall.OpenFlags;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * A file system of a limited size for what a container writes: ext4 in a sparse file. The loop
 * device under it is let go by the kernel with the last mount, and every mount is a descriptor's or
 * a container's own: whatever ends this process leaves a file and nothing else. Safe for use by
 * several threads.
 */
public final class RootDisk implements AutoCloseable {
  private static final int MOST_TRIES = 100;

  private final Path place;
  private final String device;
  private final Fd own;
  private final List<Fd> forStarts = new ArrayList<>();

  private RootDisk(Path place, String device, Fd own) {
    this.place = place;
    this.device = device;
    this.own = own;
  }

  /**
   * Makes the file system, with directories {@code upper} and {@code work}.
   *
   * @param image made by this call
   * @param place an empty directory, made when missing, where a container has the file system
   * @throws IOException when it cannot be made: the program is missing, or the size too small
   */
  public static RootDisk create(Path image, Path place, long bytes) throws IOException {
    Files.createDirectories(place);
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(bytes);
    }
    format(image);
    try (Fd file = FileCalls.open(image.toString(), OpenFlags.O_RDWR, 0)) {
      RootDisk disk = attached(file, place);
      try {
        for (String name : List.of("upper", "work")) {
          Path made = Files.createDirectory(disk.directory().resolve(name));
          Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return disk;
      } catch (IOException | RuntimeException e) {
        disk.close();
        throw e;
      }
    } catch (KernelException e) {
      throw new IOException(
          "no file system of its own can be mounted for it: " + e.getMessage(), e);
    }
  }

  /** Without a journal: nothing of it has to outlive a crash of the machine. */
  private static void format(Path image) throws IOException {
    List<String> words =
        List.of(
            program(),
            "-q",
            "-F",
            "-m",
            "0",
            "-O",
            "^has_journal",
            "-E",
            "nodiscard,lazy_itable_init=1",
            image.toString());
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException("mkfs.ext4 refused to make it: " + said.strip());
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new java.io.InterruptedIOException("interrupted while making a file system");
    }
  }

  private static String program() throws IOException {
    for (String directory : List.of("/usr/sbin", "/sbin", "/usr/bin", "/usr/local/sbin")) {
      Path program = Path.of(directory, "mkfs.ext4");
      if (Files.isExecutable(program)) {
        return program.toString();
      }
    }
    throw new IOException(
        "it needs mkfs.ext4, which is not installed: install e2fsprogs, or leave out rootSize()");
  }

  private static RootDisk attached(Fd file, Path place) {
    try (Fd control = FileCalls.open("/dev/loop-control", OpenFlags.O_RDWR, 0)) {
      for (int tries = 1; ; tries++) {
        String device = "/dev/loop" + LoopCalls.free(control);
        try (Fd loop = FileCalls.open(device, OpenFlags.O_RDWR, 0)) {
          LoopCalls.configure(loop, file);
          return new RootDisk(place, device, mount(device));
        } catch (KernelException e) {
          // Somebody else took it meanwhile.
          if (!e.is(Errno.EBUSY) || tries == MOST_TRIES) {
            throw e;
          }
        }
      }
    }
  }

  private static Fd mount(String device) {
    try (Fd context = FileSystemCalls.open("ext4")) {
      FileSystemCalls.option(context, "source", device);
      FileSystemCalls.create(context);
      return FileSystemCalls.mount(context, 0);
    }
  }

  /** The root of the file system, by a name that only this process knows. */
  public Path directory() {
    return Path.of(own.path());
  }

  /** Where a container has it. */
  Path place() {
    return place;
  }

  /** One more mount of it, for a container that starts; open until {@link #started}. */
  synchronized Fd mountForStart() {
    Fd mount = mount(device);
    forStarts.add(mount);
    return mount;
  }

  /** To be called when a start has succeeded or failed. */
  public synchronized void started() {
    forStarts.forEach(Fd::close);
    forStarts.clear();
  }

  /** Lets go of it; a container that runs keeps it. */
  @Override
  public void close() {
    started();
    own.close();
  }

  /** What was said of it, for messages. */
  @Override
  public String toString() {
    return device;
  }
}
