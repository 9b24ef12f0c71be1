package io.jollyboat.linux.syscall;

/**
 * What statx(2) knows of a file. Times are nanoseconds since 1970; device numbers are {@code major
 * << 32 | minor}.
 *
 * @param mode type and permission bits, as {@code st_mode}
 */
public record FileStat(
    int mode,
    int uid,
    int gid,
    long links,
    long size,
    long inode,
    long device,
    long specialDevice,
    long modified) {

  private static final int S_IFMT = 0170000;

  /** The bits of {@link #mode} that say what kind of file this is. */
  public int type() {
    return mode & S_IFMT;
  }

  /** The permission, set-id and sticky bits. */
  public int permissions() {
    return mode & 07777;
  }

  public boolean isDirectory() {
    return type() == 0040000;
  }

  public boolean isRegular() {
    return type() == 0100000;
  }

  public boolean isSymbolicLink() {
    return type() == 0120000;
  }

  public boolean isCharacterDevice() {
    return type() == 0020000;
  }

  public boolean isBlockDevice() {
    return type() == 0060000;
  }
}
