package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.syscall.AttributeCalls;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileStat;
import io.jollyboat.linux.syscall.TreeCalls;
import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeEntry.Kind;
import java.time.Instant;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/** Makes an entry of a name in an open directory. */
final class EntryReader {
  private static final long NANOS = 1_000_000_000L;
  private static final SortedMap<String, byte[]> NONE = new TreeMap<>();

  private final Attributes names;

  EntryReader(Attributes names) {
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
    if (kind == Kind.FILE || kind == Kind.DIRECTORY) {
      xattrs = new TreeMap<>();
      for (String attribute : AttributeCalls.list(directory, name)) {
        if (FileAttributes.belongsToLayer(attribute)) {
          SortedMap<String, byte[]> found = xattrs;
          AttributeCalls.get(directory, name, attribute)
              .ifPresent(value -> found.put(attribute, value));
        } else if (kind == Kind.DIRECTORY && attribute.equals(names.opaque())) {
          opaque = isYes(AttributeCalls.get(directory, name, attribute).orElse(new byte[0]));
        }
      }
    }
    FileAttributes attributes =
        new FileAttributes(stat.permissions(), stat.uid(), stat.gid(), time(stat), xattrs);
    long size = kind == Kind.FILE ? stat.size() : 0;
    String link = kind == Kind.SYMLINK ? TreeCalls.readLink(directory, name) : "";
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
