package io.jollyboat.test;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a program sees that itself runs in a container: an overlay as its root, here of this
 * machine's own files, kernel file systems, and a small memory file system at /dev/shm, mounted as
 * Docker does. All of it ends with the program.
 */
public final class OverlayMachine {
  private final Path directory;

  /**
   * @param directory empty
   */
  public OverlayMachine(Path directory) {
    this.directory = directory;
  }

  /** Lines of a shell, which is in a mount namespace of its own. */
  String enter() {
    return """
        mount -t tmpfs -o mode=755 tmpfs %1$s
        mkdir %1$s/upper %1$s/work %1$s/root
        mount -t overlay -o lowerdir=/,upperdir=%1$s/upper,workdir=%1$s/work overlay %1$s/root
        cd %1$s/root
        for kernel in proc sys dev; do mount --rbind /$kernel $kernel; done
        mount -t tmpfs -o mode=1777,nosuid,nodev,noexec,size=512m tmpfs dev/shm
        mount -t tmpfs -o mode=755,size=1m tmpfs run
        mkdir -p .before
        pivot_root . .before
        umount -l /.before
        cd /
        """
        .formatted(directory);
  }

  /** The command that runs a main method as root, in a user namespace of its own where asked. */
  public List<String> command(boolean userNamespace, Class<?> main, String... words) {
    List<String> all = new ArrayList<>(List.of("unshare", "--mount", "--propagation", "private"));
    all.addAll(List.of("sh", "-ec", enter() + "exec \"$@\"", "sh"));
    if (userNamespace) {
      all.addAll(List.of("unshare", "--user", "--map-root-user", "--mount"));
    }
    all.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    all.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    all.add(main.getName());
    all.addAll(List.of(words));
    return all;
  }
}
