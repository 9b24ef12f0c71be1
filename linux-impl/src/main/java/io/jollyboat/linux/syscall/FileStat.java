package io.jollyboat.linux.syscall;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

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

  /** Of a {@code struct statx}, in the machine's byte order. */
  public static FileStat of(ByteBuffer statx) {
    ByteBuffer stat = statx.order(ByteOrder.nativeOrder());
    return new FileStat(
        Short.toUnsignedInt(stat.getShort(28)),
        stat.getInt(20),
        stat.getInt(24),
        Integer.toUnsignedLong(stat.getInt(16)),
        stat.getLong(40),
        stat.getLong(32),
        device(stat, 136),
        device(stat, 128),
        stat.getLong(112) * 1_000_000_000L + stat.getInt(120));
  }

  private static long device(ByteBuffer stat, int offset) {
    return (long) stat.getInt(offset) << 32 | Integer.toUnsignedLong(stat.getInt(offset + 4));
  }

  /** The same with other ids. */
  public FileStat ownedBy(int user, int group) {
    return new FileStat(mode, user, group, links, size, inode, device, specialDevice, modified);
  }

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
