package io.jollyboat.linux.userns;

import static io.jollyboat.linux.userns.KeeperRequest.number;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileStat;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.OpenFlags;
import io.jollyboat.linux.userns.KeeperRequest.Argument;
import io.jollyboat.spi.host.FileNames;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The calls of {@link io.jollyboat.linux.syscall.TreeCalls} and its kin, made by the keeper. What
 * it opens is opened for this process. Ids are those inside. Safe for use by several threads.
 */
public final class KeeperFiles {
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int AT_REMOVEDIR = 0x200;
  private static final int RENAME_NOREPLACE = 1;
  private static final int LONGEST_PATH = 4096;
  private static final int LONGEST_ATTRIBUTE = 65536;
  private static final int STATX_SIZE = 256;
  private static final int STATX_BASIC_STATS = 0x7ff;
  private static final int SET_FLAG = 0;
  private static final int SET_STRING = 1;
  private static final int CREATE_FILE_SYSTEM = 6;
  private static final long IN_ROOT = OpenFlags.RESOLVE_IN_ROOT | OpenFlags.RESOLVE_NO_MAGICLINKS;

  private final Keeper keeper;

  KeeperFiles(Keeper keeper) {
    this.keeper = keeper;
  }

  public Fd openInRoot(Fd root, String path, int flags) {
    KeeperRequest request = new KeeperRequest();
    byte[] how =
        ByteBuffer.allocate(24)
            .order(ByteOrder.nativeOrder())
            .putLong(Integer.toUnsignedLong(flags | OpenFlags.O_CLOEXEC))
            .putLong(0)
            .putLong(IN_ROOT)
            .array();
    request.open(
        KernelCall.OPENAT2,
        path,
        request.descriptor(root),
        request.text(path.isEmpty() ? "." : path),
        request.bytes(how),
        number(how.length));
    return keeper.run(request).opened();
  }

  /** openat(2); {@code flags} say whether a file is made, with this mode. */
  public Fd open(Fd directory, String name, int flags, int mode) {
    KeeperRequest request = new KeeperRequest();
    int all = flags | OpenFlags.O_NOFOLLOW | OpenFlags.O_CLOEXEC;
    request.open(
        KernelCall.OPENAT,
        name,
        request.descriptor(directory),
        request.text(name),
        number(all),
        number(mode));
    return keeper.run(request).opened();
  }

  /** Opens what an {@code O_PATH} descriptor stands for. */
  public Fd reopen(Fd file, int flags) {
    KeeperRequest request = new KeeperRequest();
    String path = request.pathOf(file);
    request.open(
        KernelCall.OPENAT, path, number(-100), request.text(path), number(flags), number(0));
    return keeper.run(request).opened();
  }

  public void makeDirectory(Fd directory, String name, int mode) {
    named(KernelCall.MKDIRAT, directory, name, number(mode));
  }

  public void makeNode(Fd directory, String name, int mode, long device) {
    named(KernelCall.MKNODAT, directory, name, number(mode), number(device));
  }

  public void makeSymlink(Fd directory, String name, String target) {
    KeeperRequest request = new KeeperRequest();
    request.call(
        KernelCall.SYMLINKAT,
        name,
        request.text(target),
        request.descriptor(directory),
        request.text(name));
    keeper.run(request);
  }

  public void makeLink(Fd oldDirectory, String oldName, Fd directory, String name) {
    KeeperRequest request = new KeeperRequest();
    request.call(
        KernelCall.LINKAT,
        oldName + " as " + name,
        request.descriptor(oldDirectory),
        request.text(oldName),
        request.descriptor(directory),
        request.text(name),
        number(0));
    keeper.run(request);
  }

  public void rename(Fd oldDirectory, String oldName, Fd directory, String name) {
    KeeperRequest request = new KeeperRequest();
    request.call(
        KernelCall.RENAMEAT2,
        oldName,
        request.descriptor(oldDirectory),
        request.text(oldName),
        request.descriptor(directory),
        request.text(name),
        number(RENAME_NOREPLACE));
    keeper.run(request);
  }

  public void removeFile(Fd directory, String name) {
    named(KernelCall.UNLINKAT, directory, name, number(0));
  }

  public void removeDirectory(Fd directory, String name) {
    named(KernelCall.UNLINKAT, directory, name, number(AT_REMOVEDIR));
  }

  /** Of an open file. */
  public void changeOwner(Fd file, int user, int group) {
    KeeperRequest request = new KeeperRequest();
    request.call(
        KernelCall.FCHOWN, file.toString(), request.descriptor(file), number(user), number(group));
    keeper.run(request);
  }

  public void changeOwner(Fd directory, String name, int user, int group) {
    named(
        KernelCall.FCHOWNAT,
        directory,
        name,
        number(user),
        number(group),
        number(AT_SYMLINK_NOFOLLOW));
  }

  /** Of an open file. */
  public void changeMode(Fd file, int mode) {
    KeeperRequest request = new KeeperRequest();
    request.call(KernelCall.FCHMOD, file.toString(), request.descriptor(file), number(mode));
    keeper.run(request);
  }

  public void changeMode(Fd directory, String name, int mode) {
    named(KernelCall.FCHMODAT, directory, name, number(mode));
  }

  /**
   * utimensat(2); the empty name is an open file itself.
   *
   * @param times struct timespec twice
   */
  public void changeTimes(Fd directory, String name, long... times) {
    KeeperRequest request = new KeeperRequest();
    ByteBuffer bytes = ByteBuffer.allocate(32).order(ByteOrder.nativeOrder());
    Arrays.stream(times).forEach(bytes::putLong);
    request.call(
        KernelCall.UTIMENSAT,
        name,
        request.descriptor(directory),
        request.text(name),
        request.bytes(bytes.array()),
        number(name.isEmpty() ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW));
    keeper.run(request);
  }

  public FileStat stat(Fd directory, String name) {
    KeeperRequest request = new KeeperRequest();
    Argument room = request.room(STATX_SIZE);
    request.call(
        KernelCall.STATX,
        name,
        request.descriptor(directory),
        request.text(name),
        number(AT_SYMLINK_NOFOLLOW),
        number(STATX_BASIC_STATS),
        room);
    return FileStat.of(keeper.run(request).data());
  }

  public String readLink(Fd directory, String name) {
    KeeperRequest request = new KeeperRequest();
    Argument room = request.room(LONGEST_PATH);
    request.call(
        KernelCall.READLINKAT,
        name,
        request.descriptor(directory),
        request.text(name),
        room,
        number(LONGEST_PATH));
    return FileNames.decode(filled(keeper.run(request)));
  }

  /** The names of all extended attributes. */
  public List<String> attributes(Fd directory, String name) {
    KeeperRequest request = new KeeperRequest();
    Argument room = request.room(LONGEST_ATTRIBUTE);
    Argument path = request.pathBelow(directory, name);
    request.call(KernelCall.LLISTXATTR, name, path, room, number(LONGEST_ATTRIBUTE));
    byte[] names = filled(keeper.run(request));
    List<String> all = new ArrayList<>();
    for (int start = 0, i = 0; i < names.length; i++) {
      if (names[i] == 0) {
        all.add(FileNames.decode(Arrays.copyOfRange(names, start, i)));
        start = i + 1;
      }
    }
    return all;
  }

  public Optional<byte[]> attribute(Fd directory, String name, String attribute) {
    KeeperRequest request = new KeeperRequest();
    Argument room = request.room(LONGEST_ATTRIBUTE);
    Argument path = request.pathBelow(directory, name);
    request.call(
        KernelCall.LGETXATTR, name, path, request.text(attribute), room, number(LONGEST_ATTRIBUTE));
    try {
      return Optional.of(filled(keeper.run(request)));
    } catch (KernelException e) {
      if (e.is(Errno.ENODATA) || e.is(Errno.EOPNOTSUPP)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  public void setAttribute(Fd directory, String name, String attribute, byte[] value) {
    KeeperRequest request = new KeeperRequest();
    request.call(
        KernelCall.LSETXATTR,
        attribute + " of " + name,
        request.pathBelow(directory, name),
        request.text(attribute),
        request.bytes(value),
        number(value.length),
        number(0));
    keeper.run(request);
  }

  /** Of an open file. */
  public void setAttribute(Fd file, String attribute, byte[] value) {
    KeeperRequest request = new KeeperRequest();
    request.call(
        KernelCall.FSETXATTR,
        attribute,
        request.descriptor(file),
        request.text(attribute),
        request.bytes(value),
        number(value.length),
        number(0));
    keeper.run(request);
  }

  public void removeAttribute(Fd directory, String name, String attribute) {
    KeeperRequest request = new KeeperRequest();
    request.call(
        KernelCall.LREMOVEXATTR, name, request.pathBelow(directory, name), request.text(attribute));
    keeper.run(request);
  }

  /**
   * Where an overlay's changes go.
   *
   * @param work overlayfs's own, on the same file system
   */
  public record Upper(Path changes, Path work) {}

  /**
   * An overlay of some directories that no namespace holds. The keeper opens them anew: an overlay
   * takes only mounts of the namespace in which it is made.
   *
   * @param attributes of the mount, {@code MOUNT_ATTR_...}
   */
  public Fd overlay(List<Path> layersTopFirst, Optional<Upper> upper, int attributes) {
    try {
      return overlay(layersTopFirst, upper, attributes, true);
    } catch (KernelException e) {
      if (!e.is(Errno.EINVAL)) {
        throw e;
      }
      // Before Linux 6.5, where what is not known is refused when the file system is created.
      return overlay(layersTopFirst, upper, attributes, false);
    }
  }

  private Fd overlay(List<Path> layers, Optional<Upper> upper, int attributes, boolean oneByOne) {
    KeeperRequest request = new KeeperRequest();
    request.call(KernelCall.FSOPEN, "overlay", request.text("overlay"), number(1));
    set(request, "userxattr", Optional.empty());
    List<String> paths = layers.stream().map(request::openedAgain).toList();
    if (oneByOne) {
      paths.forEach(path -> set(request, "lowerdir+", Optional.of(path)));
    } else {
      set(request, "lowerdir", Optional.of(String.join(":", paths)));
    }
    if (upper.isPresent()) {
      set(request, "upperdir", Optional.of(request.openedAgain(upper.get().changes())));
      set(request, "workdir", Optional.of(request.openedAgain(upper.get().work())));
      set(request, "volatile", Optional.empty());
    }
    request.call(
        KernelCall.FSCONFIG, "create", KeeperRequest.resultOf(0), number(CREATE_FILE_SYSTEM));
    request.open(
        KernelCall.FSMOUNT, "overlay", KeeperRequest.resultOf(0), number(1), number(attributes));
    return keeper.run(request).opened();
  }

  private static void set(KeeperRequest request, String key, Optional<String> value) {
    request.call(
        KernelCall.FSCONFIG,
        key + value.map(text -> "=" + text).orElse(""),
        KeeperRequest.resultOf(0),
        number(value.isPresent() ? SET_STRING : SET_FLAG),
        request.text(key),
        value.map(request::text).orElse(number(0)),
        number(0));
  }

  private void named(KernelCall call, Fd directory, String name, Argument... more) {
    KeeperRequest request = new KeeperRequest();
    Argument[] all = new Argument[more.length + 2];
    all[0] = request.descriptor(directory);
    all[1] = request.text(name);
    System.arraycopy(more, 0, all, 2, more.length);
    request.call(call, name, all);
    keeper.run(request);
  }

  /** What a call has put at the start of the data. */
  private static byte[] filled(Keeper.Answer answer) {
    byte[] bytes = new byte[(int) answer.result()];
    answer.data().get(0, bytes);
    return bytes;
  }
}
