package io.jollyboat.engine;

import io.jollyboat.StoreException;
import io.jollyboat.oci.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What stands for this machine's programs in the cache keys of {@link io.jollyboat.Image#host()}.
 */
final class HostKey {
  private static final List<Path> PACKAGE_DATABASES =
      List.of(
          Path.of("/var/lib/dpkg/status"),
          Path.of("/lib/apk/db/installed"),
          Path.of("/var/lib/rpm/rpmdb.sqlite"),
          Path.of("/usr/lib/sysimage/rpm/rpmdb.sqlite"),
          Path.of("/var/lib/pacman/local"));

  private HostKey() {}

  /** Changes when the machine boots anew or its packages change. */
  static String current() {
    StringBuilder facts = new StringBuilder();
    try {
      facts.append(Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip());
      for (Path database : PACKAGE_DATABASES) {
        if (Files.exists(database)) {
          facts
              .append('\n')
              .append(database)
              .append(' ')
              .append(Files.size(database))
              .append(' ')
              .append(Files.getLastModifiedTime(database).toMillis());
        }
      }
    } catch (IOException e) {
      throw new StoreException(
          "cannot tell this machine's state for Image.host(): "
              + e
              + "; give a key, Image.host(key)",
          e);
    }
    return Digest.sha256(facts.toString().getBytes(StandardCharsets.UTF_8)).toString();
  }
}
