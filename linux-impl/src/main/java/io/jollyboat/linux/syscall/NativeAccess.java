package io.jollyboat.linux.syscall;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Whether this process can call the kernel at all, and why not. Safe for use by several threads.
 */
public final class NativeAccess {

  private NativeAccess() {}

  /**
   * Whether native calls will work as far as files tell, without loading a library for the
   * question: the directory to which JNA unpacks its own can be written and does not forbid
   * execution. When it is false {@link #problem} knows for certain.
   */
  public static boolean isLikely() {
    return System.getProperty("jna.boot.library.path") == null && unpacks(unpackDirectory());
  }

  /** By JNA's own rules: its property, the user's cache, the directory for temporary files. */
  private static Path unpackDirectory() {
    String named = System.getProperty("jna.tmpdir");
    if (named != null) {
      return Path.of(named);
    }
    String cache = System.getenv("XDG_CACHE_HOME");
    Path own =
        cache == null || cache.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cache);
    Path existing = existing(own.resolve("JNA/temp"));
    return Files.isWritable(existing) ? existing : Path.of(System.getProperty("java.io.tmpdir"));
  }

  private static Path existing(Path directory) {
    Path existing = directory.toAbsolutePath();
    while (!Files.exists(existing)) {
      existing = existing.resolve("..").normalize();
    }
    return existing;
  }

  private static boolean unpacks(Path directory) {
    Path existing = existing(directory);
    try {
      return Files.isWritable(existing) && !isNoExec(existing.toRealPath());
    } catch (IOException | RuntimeException e) {
      return false; // then the library tells
    }
  }

  /** Of the mounts at or above it the longest counts, and of equal ones the last. */
  private static boolean isNoExec(Path directory) throws IOException {
    int depth = -1;
    boolean refused = false;
    for (String line : Files.readAllLines(Path.of("/proc/self/mounts"))) {
      String[] words = line.split(" ");
      Path mountPoint = Path.of(words[1].replace("\\040", " "));
      if (directory.startsWith(mountPoint) && mountPoint.getNameCount() >= depth) {
        depth = mountPoint.getNameCount();
        refused = List.of(words[3].split(",")).contains("noexec");
      }
    }
    return refused;
  }

  /**
   * Returns what prevents native calls, with the remedy, or nothing when they work. The engine asks
   * this once before anything else; without the question the first call of a subject throws an
   * {@link UnsatisfiedLinkError} with the same text.
   */
  public static Optional<String> problem() {
    if (!System.getProperty("os.name", "").equals("Linux")) {
      return Optional.of("containers need Linux; this is " + System.getProperty("os.name"));
    }
    try {
      load();
      return Optional.empty();
    } catch (UnsatisfiedLinkError e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** Maps the native methods of {@code subject} to the C library that the JVM already uses. */
  static void register(Class<?> subject) {
    Native.register(subject, load());
  }

  private static NativeLibrary load() {
    try {
      if (Native.POINTER_SIZE != 8) {
        throw new UnsatisfiedLinkError("only 64-bit machines are supported");
      }
      return NativeLibrary.getProcess();
    } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
      UnsatisfiedLinkError clear =
          new UnsatisfiedLinkError(
              "JNA's native library cannot be loaded: "
                  + e.getMessage()
                  + "; when the temporary directory is mounted noexec, name another one with"
                  + " -Djna.tmpdir=DIRECTORY (now "
                  + System.getProperty("jna.tmpdir", System.getProperty("java.io.tmpdir"))
                  + ")");
      clear.initCause(e);
      throw clear;
    }
  }
}
