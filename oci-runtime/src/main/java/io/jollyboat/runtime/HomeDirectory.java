package io.jollyboat.runtime;

import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.OpenFlags;
import io.jollyboat.linux.syscall.TreeCalls;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The variable HOME for a process whose environment has none, as callers of other runtimes rely on
 * it: its user's directory by the container's own passwd(5), or the root.
 */
final class HomeDirectory {
  private static final String NAME = "HOME=";
  private static final int LARGEST_FILE = 1 << 20;
  private static final int USER = 2;
  private static final int HOME = 5;

  private HomeDirectory() {}

  /**
   * @param root of the container's file system, as this process sees it
   */
  static ProcessConfig given(ProcessConfig process, Path root) {
    if (process.environment().stream().anyMatch(word -> word.startsWith(NAME))) {
      return process;
    }
    return process.withVariable(NAME + of(process.user().uid(), root));
  }

  private static String of(int uid, Path root) {
    String user = Integer.toUnsignedString(uid);
    for (String line : passwd(root).split("\n")) {
      String[] fields = line.split(":", -1);
      if (fields.length > HOME && fields[USER].equals(user) && fields[HOME].startsWith("/")) {
        return fields[HOME];
      }
    }
    return "/";
  }

  /** Whatever lies there is the image's: it may lead nowhere else, block nobody and be no flood. */
  private static String passwd(Path root) {
    int flags = OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK;
    try (Fd top = FileCalls.open(root.toString(), OpenFlags.O_PATH | OpenFlags.O_DIRECTORY, 0);
        Fd file = TreeCalls.openInRoot(top, "etc/passwd", flags)) {
      long size = FileCalls.stat(file).size();
      byte[] bytes = new byte[(int) Math.min(size, LARGEST_FILE)];
      int length = 0;
      int more = bytes.length;
      while (length < bytes.length && more > 0) {
        byte[] part = new byte[bytes.length - length];
        more = FileCalls.read(file, part);
        System.arraycopy(part, 0, bytes, length, more);
        length += more;
      }
      return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    } catch (KernelException e) {
      // no such file, or none that can be read: as for an image without users
      return "";
    }
  }
}
