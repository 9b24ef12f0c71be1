package io.jollyboat.linux.syscall;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.util.Optional;

/**
 * Whether this process can call the kernel at all, and why not. Safe for use by several threads.
 */
public final class NativeAccess {

  private NativeAccess() {}

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
