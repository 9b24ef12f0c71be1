package io.jollyboat.linux.userns;

import io.jollyboat.linux.launcher.LauncherBinary;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.KernelException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** User namespaces in which nobody lives: by their maps mounts change the ids that they show. */
public final class MappingNamespace {
  private MappingNamespace() {}

  /**
   * A new one.
   *
   * @param uidMap lines of user_namespaces(7)
   * @throws KernelException when the kernel refuses a namespace
   * @throws UncheckedIOException when it refuses the maps
   */
  public static Fd make(LauncherBinary binary, String uidMap, String gidMap) {
    try (Keeper keeper = Keeper.start(binary, pid -> write(pid, uidMap, gidMap))) {
      return FileCalls.duplicate(keeper.namespace(), 0);
    }
  }

  private static void write(int pid, String uidMap, String gidMap) {
    Path process = Path.of("/proc", Integer.toString(pid));
    try {
      Files.writeString(process.resolve("uid_map"), uidMap);
      Files.writeString(process.resolve("gid_map"), gidMap);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot map ids: " + e.getMessage(), e);
    }
  }
}
