package io.jollyboat.linux.syscall;

import com.sun.jna.Pointer;
import java.nio.file.Path;

/** What old C libraries lack of posix_spawn(3): apart, so that all else works with them. */
final class SpawnDirectory {
  static {
    NativeAccess.register(SpawnDirectory.class);
  }

  private SpawnDirectory() {}

  /** Returns the error number. */
  static int add(Pointer actions, Path directory) {
    return posix_spawn_file_actions_addchdir_np(actions, CString.of(directory.toString()));
  }

  private static native int posix_spawn_file_actions_addchdir_np(Pointer actions, byte[] path);
}
