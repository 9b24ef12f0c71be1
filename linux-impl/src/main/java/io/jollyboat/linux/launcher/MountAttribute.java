package io.jollyboat.linux.launcher;

import java.util.Collection;

/** What a mount forbids or records, as mount_setattr(2) names it. */
public enum MountAttribute {
  READ_ONLY(0x01),
  NO_SET_UID(0x02),
  NO_DEVICES(0x04),
  NO_EXECUTE(0x08),
  NO_ACCESS_TIME(0x10),
  STRICT_ACCESS_TIME(0x20),
  NO_DIRECTORY_ACCESS_TIME(0x80),
  NO_SYMLINK_FOLLOW(0x20_0000);

  private final long flag;

  MountAttribute(long flag) {
    this.flag = flag;
  }

  /** The {@code MOUNT_ATTR_...} flags of all of {@code attributes}. */
  static long flags(Collection<MountAttribute> attributes) {
    return attributes.stream().mapToLong(a -> a.flag).reduce(0, (a, b) -> a | b);
  }
}
