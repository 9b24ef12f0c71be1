package io.jollyboat.linux.rootfs;

import io.jollyboat.StoreException;
import io.jollyboat.linux.syscall.AttributeCalls;
import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.FileStat;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.TreeCalls;
import io.jollyboat.linux.userns.IdTable;
import io.jollyboat.linux.userns.KeeperFiles;
import io.jollyboat.linux.userns.OwnerIds;
import io.jollyboat.linux.userns.UserNamespace;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The calls by which the trees of layers are written, read and deleted. Root makes them itself. For
 * an ordinary user almost all of an image's files, those of the image's root, are his own: he makes
 * the same calls, and only what the kernel refuses him is made anew inside his user namespace. Ids
 * are always those of the image. Safe for use by several threads.
 */
final class TreeAccess {
  private static final int SET_GROUP_ID = 02000;
  private static final int NOBODY = 65534;
  private static final long UTIME_OMIT = 0x3ffffffe;
  private static final String FILE_CAPABILITIES = "security.capability";

  private final Optional<UserNamespace> users;
  private final int ownUser = TreeCalls.effectiveUser();
  private final int ownGroup = TreeCalls.effectiveGroup();

  TreeAccess(Optional<UserNamespace> users) {
    this.users = users;
  }

  /** How the owners of files are meant: {@code identity}, or the map of the user namespace. */
  String ids() {
    return users.map(UserNamespace::ids).map(OwnerIds::toString).orElse("identity");
  }

  /** The kind of overlayfs's own extended attributes: only root of the machine has trusted ones. */
  String overlayFlavour() {
    return users.isPresent() ? "user" : "trusted";
  }

  /** Makes a call here or, where that is refused, in the user namespace. */
  private <T> T call(Supplier<T> here, Function<KeeperFiles, T> inside) {
    if (users.isEmpty()) {
      return here.get();
    }
    try {
      return here.get();
    } catch (KernelException e) {
      if (!isRefusal(e)) {
        throw e;
      }
      return inside.apply(users.get().files());
    }
  }

  private static boolean isRefusal(KernelException e) {
    return e.is(Errno.EACCES) || e.is(Errno.EPERM);
  }

  private interface Inside {
    void run(KeeperFiles files);
  }

  private void run(Runnable here, Inside inside) {
    call(
        () -> {
          here.run();
          return true;
        },
        files -> {
          inside.run(files);
          return true;
        });
  }

  Fd openInRoot(Fd root, String path, int flags) {
    return call(
        () -> TreeCalls.openInRoot(root, path, flags),
        files -> files.openInRoot(root, path, flags));
  }

  Fd open(Fd directory, String name, int flags) {
    return call(
        () -> TreeCalls.open(directory, name, flags),
        files -> files.open(directory, name, flags, 0));
  }

  /** Opens what an {@code O_PATH} descriptor stands for. */
  Fd reopen(Fd file, int flags) {
    return call(() -> FileCalls.open(file.path(), flags, 0), files -> files.reopen(file, flags));
  }

  Fd create(Fd directory, String name) {
    return call(
        () -> TreeCalls.create(directory, name),
        files -> files.open(directory, name, TreeCalls.NEW_FILE, 0600));
  }

  void makeDirectory(Fd directory, String name) {
    run(
        () -> TreeCalls.makeDirectory(directory, name),
        files -> files.makeDirectory(directory, name, 0700));
  }

  /**
   * Makes a device, FIFO or socket. A device that the kernel makes for root of the machine only
   * becomes an empty file that says what it stands for.
   */
  void makeNode(Fd directory, String name, int type, int major, int minor) {
    try {
      run(
          () -> TreeCalls.makeNode(directory, name, type, major, minor),
          files -> files.makeNode(directory, name, type | 0600, TreeCalls.device(major, minor)));
    } catch (KernelException e) {
      boolean device = type == TreeCalls.S_IFCHR || type == TreeCalls.S_IFBLK;
      if (users.isEmpty() || !device || !e.is(Errno.EPERM)) {
        throw e;
      }
      try (Fd file = create(directory, name)) {
        byte[] stands = Stand.device(type, major, minor).getBytes(StandardCharsets.US_ASCII);
        AttributeCalls.set(file, Stand.DEVICE, stands);
      }
    }
  }

  void makeSymlink(Fd directory, String name, String target) {
    run(
        () -> TreeCalls.makeSymlink(directory, name, target),
        files -> files.makeSymlink(directory, name, target));
  }

  void makeLink(Fd oldDirectory, String oldName, Fd directory, String name) {
    run(
        () -> TreeCalls.makeLink(oldDirectory, oldName, directory, name),
        files -> files.makeLink(oldDirectory, oldName, directory, name));
  }

  void removeFile(Fd directory, String name) {
    run(() -> TreeCalls.removeFile(directory, name), files -> files.removeFile(directory, name));
  }

  void removeDirectory(Fd directory, String name) {
    run(
        () -> TreeCalls.removeDirectory(directory, name),
        files -> files.removeDirectory(directory, name));
  }

  void rename(Fd oldDirectory, String oldName, Fd directory, String name) {
    run(
        () -> TreeCalls.rename(oldDirectory, oldName, directory, name),
        files -> files.rename(oldDirectory, oldName, directory, name));
  }

  FileStat stat(Fd directory, String name) {
    return call(
        () -> inside(TreeCalls.stat(directory, name)), files -> files.stat(directory, name));
  }

  private FileStat inside(FileStat stat) {
    if (users.isEmpty()) {
      return stat;
    }
    OwnerIds ids = users.get().ids();
    return stat.ownedBy(inside(ids.users(), stat.uid()), inside(ids.groups(), stat.gid()));
  }

  private static int inside(IdTable table, int outside) {
    return (int) table.inside(Integer.toUnsignedLong(outside)).orElse(NOBODY);
  }

  /** Of an open file. */
  void changeOwner(Fd file, int user, int group) {
    if (users.isEmpty()) {
      TreeCalls.changeOwner(file, user, group);
    } else if (user == 0 && group == 0) {
      run(
          () -> TreeCalls.changeOwner(file, ownUser, ownGroup),
          files -> files.changeOwner(file, 0, 0));
    } else if (mayOwn(user, group)) {
      users.get().files().changeOwner(file, user, group);
    } else {
      byte[] owner = Stand.owner(user, group).getBytes(StandardCharsets.US_ASCII);
      run(
          () -> AttributeCalls.set(file, Stand.OWNER, owner),
          files -> files.setAttribute(file, Stand.OWNER, owner));
    }
  }

  /** Of a name: where all files have one owner, that of a link is lost, for links have no notes. */
  void changeOwner(Fd directory, String name, int user, int group) {
    if (users.isEmpty()) {
      TreeCalls.changeOwner(directory, name, user, group);
    } else if (user == 0 && group == 0) {
      run(
          () -> TreeCalls.changeOwner(directory, name, ownUser, ownGroup),
          files -> files.changeOwner(directory, name, 0, 0));
    } else if (mayOwn(user, group)) {
      users.get().files().changeOwner(directory, name, user, group);
    } else if (stat(directory, name).isDirectory() || stat(directory, name).isRegular()) {
      byte[] owner = Stand.owner(user, group).getBytes(StandardCharsets.US_ASCII);
      setAttribute(directory, name.equals(".") ? "" : name, Stand.OWNER, owner);
    }
  }

  /**
   * Whether the namespace has these ids. With a single one, owners are only noted; with a range, an
   * id beyond it is an error, for programs would run with wrong owners.
   */
  private boolean mayOwn(int user, int group) {
    OwnerIds ids = users.orElseThrow().ids();
    boolean known =
        ids.users().has(Integer.toUnsignedLong(user))
            && ids.groups().has(Integer.toUnsignedLong(group));
    if (!known && !ids.isSingle()) {
      throw new StoreException(
          "a file of the image belongs to "
              + Stand.owner(user, group)
              + ", and this user has ids up to "
              + ids.users().last()
              + ":"
              + ids.groups().last()
              + " only: give him more in /etc/subuid and /etc/subgid, and begin a new store",
          null);
    }
    return known;
  }

  /** Of an open file. */
  void changeMode(Fd file, int mode) {
    if (users.isPresent() && (mode & SET_GROUP_ID) != 0) {
      users.get().files().changeMode(file, mode);
    } else {
      run(() -> TreeCalls.changeMode(file, mode), files -> files.changeMode(file, mode));
    }
  }

  /**
   * Of a name that is no link. The kernel silently takes the set-group-id bit away from who is not
   * in the file's group, so that is set where every group is ours.
   */
  void changeMode(Fd directory, String name, int mode) {
    if (users.isPresent() && (mode & SET_GROUP_ID) != 0) {
      users.get().files().changeMode(directory, name, mode);
    } else {
      run(
          () -> TreeCalls.changeMode(directory, name, mode),
          files -> files.changeMode(directory, name, mode));
    }
  }

  /** Of an open file. */
  void changeTimes(Fd file, long seconds, int nanos) {
    run(
        () -> TreeCalls.changeTimes(file, seconds, nanos),
        files -> files.changeTimes(file, "", seconds, nanos, seconds, nanos));
  }

  void changeTimes(Fd directory, String name, long seconds, int nanos) {
    run(
        () -> TreeCalls.changeTimes(directory, name, seconds, nanos),
        files -> files.changeTimes(directory, name, seconds, nanos, seconds, nanos));
  }

  void changeModified(Fd directory, String name, long seconds, int nanos) {
    run(
        () -> TreeCalls.changeModified(directory, name, seconds, nanos),
        files -> files.changeTimes(directory, name, 0, UTIME_OMIT, seconds, nanos));
  }

  String readLink(Fd directory, String name) {
    return call(
        () -> TreeCalls.readLink(directory, name), files -> files.readLink(directory, name));
  }

  List<String> attributes(Fd directory, String name) {
    return call(
        () -> AttributeCalls.list(directory, name), files -> files.attributes(directory, name));
  }

  /** Capabilities are relative to a namespace: those of a file are asked where it belongs. */
  Optional<byte[]> attribute(Fd directory, String name, String attribute) {
    if (users.isPresent() && attribute.equals(FILE_CAPABILITIES)) {
      return users.get().files().attribute(directory, name, attribute);
    }
    return call(
        () -> AttributeCalls.get(directory, name, attribute),
        files -> files.attribute(directory, name, attribute));
  }

  void setAttribute(Fd directory, String name, String attribute, byte[] value) {
    run(
        () -> AttributeCalls.set(directory, name, attribute, value),
        files -> files.setAttribute(directory, name, attribute, value));
  }

  /** Of an open file. */
  void setAttribute(Fd file, String attribute, byte[] value) {
    run(
        () -> AttributeCalls.set(file, attribute, value),
        files -> files.setAttribute(file, attribute, value));
  }

  void removeAttribute(Fd directory, String name, String attribute) {
    run(
        () -> AttributeCalls.remove(directory, name, attribute),
        files -> files.removeAttribute(directory, name, attribute));
  }

  /** Only who may mount can merge. */
  Optional<KeeperFiles> namespace() {
    return users.map(UserNamespace::files);
  }
}
