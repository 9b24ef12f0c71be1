package io.jollyboat.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Modes and owners of files of this machine that a container is shown. */
final class HostFiles {
  private HostFiles() {}

  /** Sets the permission bits, and the owner where it is not what it should be. */
  static void access(Path file, int mode, int uid, int gid) throws IOException {
    if (!Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS).equals(uid) && uid != 0) {
      Files.setAttribute(file, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
    }
    if (!Files.getAttribute(file, "unix:gid", LinkOption.NOFOLLOW_LINKS).equals(gid) && gid != 0) {
      Files.setAttribute(file, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
    }
    Files.setAttribute(file, "unix:mode", mode & 07777);
  }
}
