package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.OpenFlags;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What some layers are together, mounted for reading and reachable by a descriptor of this process
 * alone: fsmount(2) gives a mount that is in no namespace. Safe for use by several threads.
 */
public final class MountedRoot implements AutoCloseable {
  /**
   * MOUNT_ATTR_RDONLY, NOSUID, NODEV, NOEXEC, and NOSYMFOLLOW of Linux 5.14: the kernel resolves an
   * absolute link from this process's root, not from that of the mount.
   */
  private static final int READ_ONLY_DATA = 0x01 | 0x02 | 0x04 | 0x08 | 0x0020_0000;

  private final Fd root;

  private MountedRoot(Fd root) {
    this.root = root;
  }

  /**
   * @param layersTopFirst at most 127
   * @param empty an empty directory that nobody changes, as an overlay has at least two layers
   * @throws IOException when the kernel cannot do it, with the reason
   */
  public static MountedRoot of(List<Path> layersTopFirst, Path empty) throws IOException {
    List<Path> all = new ArrayList<>(layersTopFirst);
    if (all.size() < 2) {
      all.add(empty);
    }
    List<Fd> layers = new ArrayList<>();
    try {
      for (Path layer : all) {
        layers.add(FileCalls.open(layer.toString(), OpenFlags.O_PATH | OpenFlags.O_DIRECTORY, 0));
      }
      return new MountedRoot(LinuxLayerTrees.overlay(layers, List.of(), READ_ONLY_DATA));
    } catch (KernelException e) {
      String why = e.is(Errno.EINVAL) ? "; it takes Linux 5.14 and overlayfs" : "";
      throw new IOException(e.getMessage() + why, e);
    } finally {
      layers.forEach(Fd::close);
    }
  }

  /**
   * The root directory. With the dot at its end it is a directory also to those that look whether
   * it is a link, as the descriptor's own name is.
   */
  public Path directory() {
    return Path.of(root.path() + "/.");
  }

  @Override
  public void close() {
    root.close();
  }
}
