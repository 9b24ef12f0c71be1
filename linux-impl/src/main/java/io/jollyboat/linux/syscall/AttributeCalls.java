package io.jollyboat.linux.syscall;

import static io.jollyboat.linux.syscall.Errno.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Calls on extended attributes. A name in a directory is given to the kernel as {@code
 * /proc/self/fd/N/name}, and is not followed when it is a symbolic link; the empty name is the
 * directory itself. Safe for use by several threads.
 */
public final class AttributeCalls {
  private static final int USUAL_SIZE = 512;

  static {
    NativeAccess.register(AttributeCalls.class);
  }

  private AttributeCalls() {}

  /** The names of all attributes; empty where the file system has none. */
  public static List<String> list(Fd directory, String name) {
    byte[] path = path(directory, name);
    byte[] found = new byte[USUAL_SIZE];
    long length = llistxattr(path, found, found.length);
    while (length < 0 && Errno.last().equals(Errno.ERANGE)) {
      found = new byte[(int) check(llistxattr(path, null, 0), "listxattr", name)];
      length = llistxattr(path, found, found.length);
    }
    if (length < 0 && Errno.last().equals(Errno.EOPNOTSUPP)) {
      return List.of();
    }
    return length == 0 ? List.of() : split(found, (int) check(length, "listxattr", name));
  }

  /** The value of one attribute, if the file has it. */
  public static Optional<byte[]> get(Fd directory, String name, String attribute) {
    byte[] path = path(directory, name);
    byte[] key = CString.of(attribute);
    byte[] found = new byte[USUAL_SIZE];
    long length = lgetxattr(path, key, found, found.length);
    while (length < 0 && Errno.last().equals(Errno.ERANGE)) {
      found = new byte[(int) check(lgetxattr(path, key, null, 0), "getxattr", name)];
      length = lgetxattr(path, key, found, found.length);
    }
    if (length < 0
        && (Errno.last().equals(Errno.ENODATA) || Errno.last().equals(Errno.EOPNOTSUPP))) {
      return Optional.empty();
    }
    return Optional.of(Arrays.copyOf(found, (int) check(length, "getxattr", name)));
  }

  public static void set(Fd directory, String name, String attribute, byte[] value) {
    int result = lsetxattr(path(directory, name), CString.of(attribute), value, value.length, 0);
    check(result, "setxattr " + attribute, name);
  }

  public static void remove(Fd directory, String name, String attribute) {
    int result = lremovexattr(path(directory, name), CString.of(attribute));
    check(result, "removexattr " + attribute, name);
  }

  /** fsetxattr(2) of an open file. */
  public static void set(Fd file, String attribute, byte[] value) {
    int result = fsetxattr(file.number(), CString.of(attribute), value, value.length, 0);
    check(result, "setxattr " + attribute, file.toString());
  }

  private static byte[] path(Fd directory, String name) {
    return CString.of(directory.path() + "/" + (name.isEmpty() ? "." : name));
  }

  private static List<String> split(byte[] names, int length) {
    List<String> list = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < length; i++) {
      if (names[i] == 0) {
        list.add(Names.decode(names, start, i - start));
        start = i + 1;
      }
    }
    return list;
  }

  private static native long llistxattr(byte[] path, byte @Nullable [] list, long size);

  private static native long lgetxattr(
      byte[] path, byte[] name, byte @Nullable [] value, long size);

  private static native int lsetxattr(byte[] path, byte[] name, byte[] value, long size, int flags);

  private static native int lremovexattr(byte[] path, byte[] name);

  private static native int fsetxattr(int file, byte[] name, byte[] value, long size, int flags);
}
