package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileStat;
import io.jollyboat.linux.syscall.TreeCalls;
import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeEntry.Kind;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Makes an entry of a name in an open directory. */
final class EntryReader {
  private static final long NANOS = 1_000_000_000L;
  private static final SortedMap<String, byte[]> NONE = new TreeMap<>();

  private final TreeAccess tree;
  private final Attributes names;

  EntryReader(TreeAccess tree, Attributes names) {
    this.tree = tree;
    this.names = names;
  }

  /** Whether this is the device 0:0 by which overlayfs hides a name. */
  static boolean isWhiteout(FileStat stat) {
    return stat.isCharacterDevice() && stat.specialDevice() == 0;
  }

  static Kind kind(FileStat stat) {
    if (isWhiteout(stat)) {
      return Kind.WHITEOUT;
    }
    if (stat.isDirectory()) {
      return Kind.DIRECTORY;
    }
    if (stat.isSymbolicLink()) {
      return Kind.SYMLINK;
    }
    return switch (stat.type()) {
      case TreeCalls.S_IFCHR -> Kind.CHARACTER_DEVICE;
      case TreeCalls.S_IFBLK -> Kind.BLOCK_DEVICE;
      case TreeCalls.S_IFIFO -> Kind.FIFO;
      case TreeCalls.S_IFSOCK -> Kind.SOCKET;
      default -> Kind.FILE;
    };
  }

  /**
   * @param name in the directory; empty for the directory itself
   * @param path of the entry in its tree
   */
  TreeEntry read(Fd directory, String name, FileStat stat, String path) {
    Kind kind = kind(stat);
    SortedMap<String, byte[]> xattrs = NONE;
    boolean opaque = false;
    Optional<Stand> owner = Optional.empty();
    Optional<Stand> standsFor = Optional.empty();
    if (kind == Kind.FILE || kind == Kind.DIRECTORY) {
      xattrs = new TreeMap<>();
      for (String attribute : tree.attributes(directory, name)) {
        if (FileAttributes.belongsToLayer(attribute)) {
          SortedMap<String, byte[]> found = xattrs;
          tree.attribute(directory, name, attribute)
              .ifPresent(value -> found.put(attribute, value));
        } else if (kind == Kind.DIRECTORY && attribute.equals(names.opaque())) {
          opaque = isYes(tree.attribute(directory, name, attribute).orElse(new byte[0]));
        } else if (attribute.equals(Stand.OWNER)) {
          owner = tree.attribute(directory, name, attribute).flatMap(Stand::parseOwner);
        } else if (kind == Kind.FILE && attribute.equals(Stand.DEVICE)) {
          standsFor = tree.attribute(directory, name, attribute).flatMap(Stand::parseDevice);
        }
      }
    }
    FileAttributes attributes =
        new FileAttributes(
            stat.permissions(),
            owner.map(Stand::first).orElse(stat.uid()),
            owner.map(Stand::second).orElse(stat.gid()),
            time(stat),
            xattrs);
    if (standsFor.isPresent()) {
      Stand device = standsFor.get();
      return new TreeEntry(
          path, device.kind(), attributes, 0, "", device.first(), device.second(), false);
    }
    long size = kind == Kind.FILE ? stat.size() : 0;
    String link = kind == Kind.SYMLINK ? tree.readLink(directory, name) : "";
    boolean device = kind == Kind.CHARACTER_DEVICE || kind == Kind.BLOCK_DEVICE;
    int major = device ? (int) (stat.specialDevice() >>> 32) : 0;
    int minor = device ? (int) stat.specialDevice() : 0;
    return new TreeEntry(path, kind, attributes, size, link, major, minor, opaque);
  }

  private static boolean isYes(byte[] value) {
    return Arrays.equals(value, new byte[] {'y'});
  }

  private static Instant time(FileStat stat) {
    return Instant.ofEpochSecond(
        Math.floorDiv(stat.modified(), NANOS), Math.floorMod(stat.modified(), NANOS));
  }
}
