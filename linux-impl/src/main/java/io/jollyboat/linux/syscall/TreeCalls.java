package io.jollyboat.linux.syscall;

import static io.jollyboat.linux.syscall.Errno.check;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Calls on names in a directory, for file trees that a stranger shaped. A name is one component,
 * and is never followed when it is a symbolic link. Safe for use by several threads.
 */
public final class TreeCalls {
  public static final int S_IFIFO = 0010000;
  public static final int S_IFCHR = 0020000;
  public static final int S_IFBLK = 0060000;
  public static final int S_IFSOCK = 0140000;

  /** How {@link #create} opens a file. */
  public static final int NEW_FILE =
      OpenFlags.O_WRONLY
          | OpenFlags.O_CREAT
          | OpenFlags.O_EXCL
          | OpenFlags.O_NOFOLLOW
          | OpenFlags.O_CLOEXEC;

  private static final int SEEK_CUR = 1;
  private static final int AT_REMOVEDIR = 0x200;
  private static final int RENAME_NOREPLACE = 1;
  private static final long UTIME_OMIT = 0x3ffffffe;
  private static final int MOST_TRIES = 1000;
  private static final int LONGEST_PATH = 4096;
  private static final long IN_ROOT = OpenFlags.RESOLVE_IN_ROOT | OpenFlags.RESOLVE_NO_MAGICLINKS;

  static {
    NativeAccess.register(TreeCalls.class);
  }

  private TreeCalls() {}

  /**
   * openat2(2) with {@code root} as the root of {@code path}, whose links are followed, but not
   * those of /proc that are no paths.
   */
  public static Fd openInRoot(Fd root, String path, int flags) {
    for (int tries = 1; ; tries++) {
      try {
        return openInRootOnce(root, path, flags);
      } catch (KernelException e) {
        // The kernel gives up when anything on the machine is renamed while it resolves a "..".
        if (!e.is(Errno.EAGAIN) || tries == MOST_TRIES) {
          throw e;
        }
      }
    }
  }

  private static Fd openInRootOnce(Fd root, String path, int flags) {
    return FileCalls.openat2(root.number(), path.isEmpty() ? "." : path, flags, 0, IN_ROOT);
  }

  /** openat(2) of an existing name. */
  public static Fd open(Fd directory, String name, int flags) {
    int number = directory.number();
    byte[] bytes = CString.of(name);
    int all = flags | OpenFlags.O_NOFOLLOW | OpenFlags.O_CLOEXEC;
    return new Fd(FileCalls.retry(() -> openat(number, bytes, all, 0), "open", name));
  }

  /** openat(2) of a file that must not exist yet, for writing, mode 0600. */
  public static Fd create(Fd directory, String name) {
    int number = directory.number();
    byte[] bytes = CString.of(name);
    return new Fd(FileCalls.retry(() -> openat(number, bytes, NEW_FILE, 0600), "create", name));
  }

  /** mkdirat(2), mode 0700. */
  public static void makeDirectory(Fd directory, String name) {
    check(mkdirat(directory.number(), CString.of(name), 0700), "mkdir", name);
  }

  /** mknodat(2) of a device, FIFO or socket, mode 0600. */
  public static void makeNode(Fd directory, String name, int type, int major, int minor) {
    check(
        mknodat(directory.number(), CString.of(name), type | 0600, device(major, minor)),
        "mknod",
        name);
  }

  /** symlinkat(2). */
  public static void makeSymlink(Fd directory, String name, String target) {
    check(symlinkat(CString.of(target), directory.number(), CString.of(name)), "symlink", name);
  }

  /** linkat(2); a symbolic link is itself linked to. */
  public static void makeLink(Fd oldDirectory, String oldName, Fd directory, String name) {
    int result =
        linkat(oldDirectory.number(), CString.of(oldName), directory.number(), CString.of(name), 0);
    check(result, "link", oldName + " as " + name);
  }

  /** unlinkat(2) of anything but a directory. */
  public static void removeFile(Fd directory, String name) {
    check(unlinkat(directory.number(), CString.of(name), 0), "unlink", name);
  }

  /** unlinkat(2) of an empty directory. */
  public static void removeDirectory(Fd directory, String name) {
    check(unlinkat(directory.number(), CString.of(name), AT_REMOVEDIR), "rmdir", name);
  }

  /** renameat2(2) to a name that must not exist yet. */
  public static void rename(Fd oldDirectory, String oldName, Fd directory, String name) {
    int result =
        renameat2(
            oldDirectory.number(),
            CString.of(oldName),
            directory.number(),
            CString.of(name),
            RENAME_NOREPLACE);
    check(result, "rename", oldName);
  }

  /** statx(2) of a name. */
  public static FileStat stat(Fd directory, String name) {
    return FileCalls.statx(directory.number(), name, FileCalls.AT_SYMLINK_NOFOLLOW);
  }

  /** fchown(2) of an open file. */
  public static void changeOwner(Fd file, int uid, int gid) {
    check(fchown(file.number(), uid, gid), "chown", file.toString());
  }

  /** fchownat(2) of a name. */
  public static void changeOwner(Fd directory, String name, int uid, int gid) {
    int flags = FileCalls.AT_SYMLINK_NOFOLLOW;
    check(fchownat(directory.number(), CString.of(name), uid, gid, flags), "chown", name);
  }

  /** fchmod(2) of an open file. */
  public static void changeMode(Fd file, int mode) {
    check(fchmod(file.number(), mode), "chmod", file.toString());
  }

  /**
   * chmod(2) of a name, and of nothing else: the kernel would follow a link, and whoever owns the
   * directory may put one there at any moment.
   */
  public static void changeMode(Fd directory, String name, int mode) {
    try (Fd found = open(directory, name, OpenFlags.O_PATH)) {
      check(chmod(CString.of(found.path()), mode), "chmod", name);
    }
  }

  /** Sets both times of an open file, {@code O_PATH} ones too, in nanoseconds since 1970. */
  public static void changeTimes(Fd file, long seconds, int nanos) {
    long[] times = {seconds, nanos, seconds, nanos};
    byte[] self = CString.of("");
    int result = utimensat(file.number(), self, times, FileCalls.AT_EMPTY_PATH);
    check(result, "utimensat", file.toString());
  }

  /** Sets both times of a name. */
  public static void changeTimes(Fd directory, String name, long seconds, int nanos) {
    changeTimes(directory, name, new long[] {seconds, nanos, seconds, nanos});
  }

  /** Sets the time of modification of a name, and not that of access. */
  public static void changeModified(Fd directory, String name, long seconds, int nanos) {
    changeTimes(directory, name, new long[] {0, UTIME_OMIT, seconds, nanos});
  }

  private static void changeTimes(Fd directory, String name, long[] times) {
    int flags = FileCalls.AT_SYMLINK_NOFOLLOW;
    check(utimensat(directory.number(), CString.of(name), times, flags), "utimensat", name);
  }

  /** readlinkat(2): the text of a symbolic link. */
  public static String readLink(Fd directory, String name) {
    byte[] target = new byte[LONGEST_PATH];
    long length =
        check(
            readlinkat(directory.number(), CString.of(name), target, target.length),
            "readlink",
            name);
    return Names.decode(target, 0, (int) length);
  }

  /** The names in an open directory, but {@code .} and {@code ..}, in the kernel's order. */
  public static List<String> list(Fd directory, NativeBuffer buffer) {
    List<String> names = new ArrayList<>();
    while (listPart(directory, buffer, names)) {}
    return names;
  }

  /**
   * As many of the names as the buffer takes, added to {@code names}: for directories of any size.
   *
   * @return false at the end, when nothing was added
   */
  public static boolean listPart(Fd directory, NativeBuffer buffer, List<String> names) {
    long length =
        check(
            getdents64(directory.number(), buffer.address(), buffer.capacity()),
            "getdents",
            directory.toString());
    addNames(buffer.bytes(), (int) length, names);
    return length > 0;
  }

  /** Records of struct linux_dirent64: inode 8, offset 8, length 2, type 1, name. */
  private static void addNames(ByteBuffer records, int length, List<String> names) {
    for (int at = 0; at < length; at += Short.toUnsignedInt(records.getShort(at + 16))) {
      int end = at + 19;
      while (records.get(end) != 0) {
        end++;
      }
      byte[] name = new byte[end - at - 19];
      records.get(at + 19, name);
      boolean self = name.length == 1 && name[0] == '.';
      boolean parent = name.length == 2 && name[0] == '.' && name[1] == '.';
      if (!self && !parent) {
        names.add(Names.decode(name, 0, name.length));
      }
    }
  }

  /** read(2) into a buffer, from its start; 0 at the end of the file. */
  public static int read(Fd file, NativeBuffer buffer, int most) {
    int number = file.number();
    return FileCalls.retry(
        () -> (int) read(number, buffer.address(), most), "read", file.toString());
  }

  /** Writes the first {@code length} bytes of a buffer. */
  public static void writeFully(Fd file, NativeBuffer buffer, int length) {
    int number = file.number();
    for (int done = 0; done < length; ) {
      long from = buffer.address() + done;
      long rest = (long) length - done;
      done += FileCalls.retry(() -> (int) write(number, from, rest), "write", file.toString());
    }
  }

  /** syncfs(2): the whole file system that holds this file. */
  /** lseek(2) over bytes that are not written: they are a hole, and zeros to readers. */
  public static void skip(Fd file, long length) {
    Errno.check(lseek(file.number(), length, SEEK_CUR), "lseek", "");
  }

  /** ftruncate(2): gives a file its size when it ends with a hole. */
  public static void changeSize(Fd file, long size) {
    Errno.check(ftruncate(file.number(), size), "ftruncate", "");
  }

  public static void syncFileSystem(Fd file) {
    check(syncfs(file.number()), "syncfs", file.toString());
  }

  /** geteuid(2). */
  public static int effectiveUser() {
    return geteuid();
  }

  /** getegid(2). */
  public static int effectiveGroup() {
    return getegid();
  }

  /** The kernel's encoding of a device number in a {@code dev_t} of the C library. */
  public static long device(int major, int minor) {
    long high = major & 0xfffff000L;
    long low = minor & 0xffffff00L;
    return (high << 32) | (low << 12) | ((major & 0xfffL) << 8) | (minor & 0xffL);
  }

  private static native int openat(int directory, byte[] path, int flags, int mode);

  private static native int mkdirat(int directory, byte[] path, int mode);

  private static native int mknodat(int directory, byte[] path, int mode, long device);

  private static native int symlinkat(byte[] target, int directory, byte[] path);

  private static native int linkat(int from, byte[] old, int directory, byte[] path, int flags);

  private static native int unlinkat(int directory, byte[] path, int flags);

  private static native int renameat2(int from, byte[] old, int to, byte[] path, int flags);

  private static native int fchown(int file, int uid, int gid);

  private static native int fchownat(int directory, byte[] path, int uid, int gid, int flags);

  private static native int fchmod(int file, int mode);

  private static native int chmod(byte[] path, int mode);

  private static native int utimensat(int directory, byte[] path, long[] times, int flags);

  private static native long readlinkat(int directory, byte[] path, byte[] target, long size);

  private static native long getdents64(int directory, long buffer, long size);

  private static native long read(int file, long buffer, long size);

  private static native long write(int file, long buffer, long size);

  private static native long lseek(int file, long offset, int whence);

  private static native int ftruncate(int file, long size);

  private static native int syncfs(int file);

  private static native int geteuid();

  private static native int getegid();
}
