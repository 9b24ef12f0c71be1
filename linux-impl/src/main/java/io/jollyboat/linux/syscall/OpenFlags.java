package io.jollyboat.linux.syscall;

/**
 * Flags of open(2) and openat2(2). {@code O_DIRECTORY} and {@code O_NOFOLLOW} differ between the
 * architectures; the others are from {@code asm-generic/fcntl.h}.
 */
public final class OpenFlags {

  private static final boolean ARM = Architecture.current() == Architecture.AARCH64;

  public static final int O_RDONLY = 0;
  public static final int O_WRONLY = 1;
  public static final int O_RDWR = 2;
  public static final int O_CREAT = 0100;
  public static final int O_EXCL = 0200;
  public static final int O_TRUNC = 01000;
  public static final int O_APPEND = 02000;
  public static final int O_NONBLOCK = 04000;
  public static final int O_CLOEXEC = 02000000;
  public static final int O_PATH = 010000000;
  public static final int O_DIRECTORY = ARM ? 040000 : 0200000;
  public static final int O_NOFOLLOW = ARM ? 0100000 : 0400000;

  /** For openat2: do not cross into another mount. */
  public static final long RESOLVE_NO_XDEV = 0x01;

  /** For openat2: refuse /proc's links that are not paths. */
  public static final long RESOLVE_NO_MAGICLINKS = 0x02;

  /** For openat2: refuse every symbolic link, magic ones too. */
  public static final long RESOLVE_NO_SYMLINKS = 0x04;

  /** For openat2: an absolute or climbing path is an error. */
  public static final long RESOLVE_BENEATH = 0x08;

  /** For openat2: the directory is the root for {@code /} and {@code ..}. */
  public static final long RESOLVE_IN_ROOT = 0x10;

  private OpenFlags() {}
}
