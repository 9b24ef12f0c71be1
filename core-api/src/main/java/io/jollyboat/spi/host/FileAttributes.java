package io.jollyboat.spi.host;

import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Mode (permission bits and set-id bits, at most 07777), numeric owner, time of last modification
 * and extended attributes of a file. Immutable; the attribute values must not be changed.
 */
public record FileAttributes(
    int mode, int uid, int gid, Instant modified, SortedMap<String, byte[]> xattrs) {
  private static final SortedMap<String, byte[]> NONE = Collections.emptySortedMap();

  public FileAttributes {
    if ((mode & ~07777) != 0) {
      throw new IllegalArgumentException(
          "mode with bits outside 07777: " + Integer.toOctalString(mode));
    }
    // Most files have none, and there may be a million of them.
    xattrs = xattrs.isEmpty() ? NONE : Collections.unmodifiableSortedMap(new TreeMap<>(xattrs));
  }

  public FileAttributes(int mode, int uid, int gid, Instant modified) {
    this(mode, uid, gid, modified, NONE);
  }

  public FileAttributes withOwner(int newUid, int newGid) {
    return new FileAttributes(mode, newUid, newGid, modified, xattrs);
  }

  public FileAttributes withMode(int newMode) {
    return new FileAttributes(newMode, uid, gid, modified, xattrs);
  }

  public FileAttributes withModified(Instant time) {
    return new FileAttributes(mode, uid, gid, time, xattrs);
  }

  /**
   * Whether an extended attribute can be part of a layer. All else that an archive may bring (such
   * as overlayfs's own marks, or labels of a security module) would act on this machine.
   */
  public static boolean belongsToLayer(String xattr) {
    return xattr.equals("security.capability")
        || (xattr.startsWith("user.")
            && !xattr.startsWith("user.overlay.")
            && !xattr.startsWith("user.jollyboat."));
  }
}
