package io.jollyboat.linux.launcher;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.jollyboat.linux.syscall.Fd;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Collects the {@link Operations} that make a container's root: mounts, directories, links,
 * devices. Not safe for use by several threads.
 *
 * @param <B> the builder that this is
 */
abstract class RootOperations<B extends RootOperations<B>> {
  private static final int RECURSIVE = 4;
  private static final int PASSED_DESCRIPTOR = 8;
  private static final int TAKEN = 32;

  final OperationEncoder encoder = new OperationEncoder();
  final List<String> names = new ArrayList<>();
  private final List<Fd> descriptors = new ArrayList<>();
  private final int firstDescriptor;

  /** Numbers the descriptors that operations use from {@code firstDescriptor} on. */
  RootOperations(int firstDescriptor) {
    this.firstDescriptor = firstDescriptor;
  }

  /**
   * Makes every mount a slave of the host's: mounts here are invisible there, and what the host
   * unmounts goes away here too, so that no mount stays busy. Before any mount.
   */
  @CanIgnoreReturnValue
  public B separateMounts() {
    return add(OperationCode.PROPAGATION, "separate mounts", 0, 0, 0);
  }

  /**
   * The mounts outlive the process until its monitor has reported the end: to take them apart takes
   * longer than all else at the end of a short program. After {@link #separateMounts}.
   */
  @CanIgnoreReturnValue
  public B keepMounts() {
    return add(OperationCode.KEEP_MOUNTS, "keep the mount namespace", 0, 0, 0);
  }

  /** Mounts an overlay as the root that all later operations in the root mean. */
  @CanIgnoreReturnValue
  public B rootOverlay(OverlayRoot root) {
    List<String> strings = new ArrayList<>();
    strings.add(root.mountPoint());
    strings.addAll(root.strings());
    String ids = root.mappedIds() ? " with mapped ids" : "";
    names.add("mount overlay of " + root.lowers().size() + " layers" + ids);
    long mapped = root.mappedIds() ? 1 : 0;
    encoder.add(OperationCode.ROOT_OVERLAY, root.lowers().size(), mapped, 0, strings);
    return self();
  }

  /**
   * Mounts an overlay in the root; its own mount point is not used.
   *
   * @param below a directory of the merged tree that takes its place, links followed inside it;
   *     empty for the whole
   */
  @CanIgnoreReturnValue
  public B overlay(
      OverlayRoot overlay,
      String target,
      String below,
      Set<MountAttribute> attributes,
      MountPoint mountPoint) {
    List<String> strings = new ArrayList<>(List.of(target, below));
    strings.addAll(overlay.strings());
    names.add("mount " + target);
    encoder.add(
        OperationCode.OVERLAY,
        MountAttribute.flags(attributes),
        mountPoint.flags(),
        overlay.lowers().size(),
        strings);
    return self();
  }

  /**
   * Attaches a mount that was made outside at a directory of the host, in this mount namespace
   * only: before {@link #rootOverlay} names what is in it.
   */
  @CanIgnoreReturnValue
  public B attach(Fd mount, String directory) {
    return add(OperationCode.ATTACH, "attach to " + directory, 0, 0, pass(mount), directory);
  }

  /** Makes the directory {@code source}, with what is mounted below it, the root. */
  @CanIgnoreReturnValue
  public B rootBind(String source, String mountPoint) {
    return add(OperationCode.ROOT_BIND, "bind root " + source, 0, 0, 0, source, mountPoint);
  }

  /** Makes a directory and its missing parents in the root; one that is there stays as it is. */
  @CanIgnoreReturnValue
  public B makeDirectory(String path, int mode) {
    return add(OperationCode.MAKE_DIRECTORY, "make directory " + path, mode, 0, 0, path);
  }

  /**
   * Mounts a new file system in the root.
   *
   * @param options as mount(8) takes them for the type, separated by commas; may be empty
   */
  @CanIgnoreReturnValue
  public B mount(
      String type,
      String source,
      String target,
      String options,
      Set<MountAttribute> attributes,
      MountPoint mountPoint) {
    long flags = MountAttribute.flags(attributes);
    String[] strings = {target, type, source, options};
    return add(OperationCode.MOUNT, "mount " + target, flags, mountPoint.flags(), 0, strings);
  }

  /** Binds a file or directory of the host in the root; changes of the host's mounts stay out. */
  @CanIgnoreReturnValue
  public B bind(
      String source,
      String target,
      Set<MountAttribute> attributes,
      boolean recursive,
      MountPoint mountPoint) {
    return bind(source, "", target, attributes, recursive, MountPropagation.PRIVATE, mountPoint);
  }

  /**
   * Binds a file or directory of the host in the root.
   *
   * @param below what of the source is bound, links followed inside the source; empty for the whole
   * @param propagation of a source that is shared with the host, the other {@code bind} is the one
   */
  @CanIgnoreReturnValue
  public B bind(
      String source,
      String below,
      String target,
      Set<MountAttribute> attributes,
      boolean recursive,
      MountPropagation propagation,
      MountPoint mountPoint) {
    long flags = mountPoint.flags() | (recursive ? RECURSIVE : 0) | propagation.flags();
    long set = MountAttribute.flags(attributes);
    return add(OperationCode.BIND, "bind " + target, set, flags, 0, target, source, below);
  }

  /**
   * As the other {@code bind}, of a copy that {@link
   * io.jollyboat.linux.syscall.MountCalls#copyTree} made outside: it is a peer of the host's mounts
   * where those are shared.
   */
  @CanIgnoreReturnValue
  public B bind(
      Fd source,
      String target,
      Set<MountAttribute> attributes,
      boolean recursive,
      MountPropagation propagation,
      MountPoint mountPoint) {
    long flags =
        mountPoint.flags() | (recursive ? RECURSIVE : 0) | PASSED_DESCRIPTOR | propagation.flags();
    long set = MountAttribute.flags(attributes);
    return add(OperationCode.BIND, "bind " + target, set, flags, pass(source), target);
  }

  /**
   * Keeps a copy of a directory's mount that another process sees, for {@link #bindTaken}. Before
   * any mount: the mount namespace of that process is entered and left again.
   *
   * @param process descriptor of the process (pidfd_open(2))
   * @param directory there, without links on its way
   */
  @CanIgnoreReturnValue
  public B takeMount(Fd process, String directory) {
    String name = "look at the other container's " + directory;
    return add(OperationCode.TAKE_TREE, name, pass(process), 0, 0, directory);
  }

  /** As {@code bind}, of what {@link #takeMount} has kept. */
  @CanIgnoreReturnValue
  public B bindTaken(String target, Set<MountAttribute> attributes, MountPoint mountPoint) {
    long set = MountAttribute.flags(attributes);
    long flags = mountPoint.flags() | TAKEN;
    return add(OperationCode.BIND, "bind " + target, set, flags, 0, target);
  }

  /** Makes the link {@code path} in the root, unless something is there. */
  @CanIgnoreReturnValue
  public B symlink(String linkTarget, String path) {
    return add(OperationCode.SYMLINK, "link " + path, 0, 0, 0, path, linkTarget);
  }

  /**
   * Makes a device node in the root and checks that the kernel made the right one. Where the kernel
   * refuses (without root), the host's node is bound instead.
   *
   * @param host its path on the host
   * @param type {@code 'c'}, {@code 'b'} or {@code 'p'}, a fifo
   * @param uid with {@code gid} its owner; where both are 0 it is whoever files belong to
   */
  @CanIgnoreReturnValue
  public B device(
      String path, String host, char type, int major, int minor, int mode, int uid, int gid) {
    int kind =
        switch (type) {
          case 'c' -> 0020000;
          case 'b' -> 0060000;
          case 'p' -> 0010000;
          default ->
              throw new IllegalArgumentException("a device is of type c, b or p, not " + type);
        };
    long number = (minor & 0xffL) | ((long) major << 8) | ((minor & ~0xffL) << 12);
    long owner = Integer.toUnsignedLong(uid) | (long) gid << 32;
    String name = "make device " + path;
    return add(OperationCode.DEVICE, name, kind | mode, number, owner, path, host);
  }

  /** As the other {@code device}, of the same path on the host. */
  @CanIgnoreReturnValue
  public B device(String path, char type, int major, int minor, int mode, int uid, int gid) {
    return device(path, path, type, major, minor, mode, uid, gid);
  }

  /** As the other {@code device}, of the same path on the host, for whoever files belong to. */
  @CanIgnoreReturnValue
  public B device(String path, char type, int major, int minor, int mode) {
    return device(path, type, major, minor, mode, 0, 0);
  }

  /** Hides a file behind the host's null device or a directory behind an empty one, if present. */
  @CanIgnoreReturnValue
  public B mask(String path) {
    return add(OperationCode.MASK, "mask " + path, 0, 0, 0, path);
  }

  /** Makes a path in the root read-only with all that is mounted below it, if present. */
  @CanIgnoreReturnValue
  public B readOnly(String path) {
    return add(OperationCode.READ_ONLY, "make read-only " + path, 0, 0, 0, path);
  }

  /** Makes the root itself read-only; file systems mounted in it stay as they are. */
  @CanIgnoreReturnValue
  public B rootReadOnly() {
    return add(OperationCode.ROOT_READ_ONLY, "make root read-only", 0, 0, 0);
  }

  /** As the other {@code add}, with bytes in place of strings. */
  void add(OperationCode code, String name, long a, long b, long c, byte[] bytes) {
    names.add(name);
    encoder.add(code, a, b, c, bytes);
  }

  Operations build() {
    return new Operations(encoder.toByteArray(), names, descriptors);
  }

  long pass(Fd fd) {
    descriptors.add(fd);
    return firstDescriptor + descriptors.size() - 1L;
  }

  @CanIgnoreReturnValue
  B add(OperationCode code, String name, long a, long b, long c, String... strings) {
    names.add(name);
    encoder.add(code, a, b, c, List.of(strings));
    return self();
  }

  abstract B self();
}
