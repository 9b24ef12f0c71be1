package io.jollyboat.runtime;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Something to mount in the root (config.md, Mounts).
 *
 * @param target absolute and normal, below the root
 * @param type of the file system, {@code bind} for a bind
 * @param source a path of the host for a bind
 * @param ids by which a bind shows other ids than its source has
 */
record MountConfig(
    String target, String type, String source, MountOptions options, Optional<IdMapping.Both> ids) {

  /**
   * @param bundle what a relative source starts from
   * @param users the maps of the container's own user namespace, where it has one
   */
  static MountConfig of(Fields mount, Path bundle, Optional<IdMapping.Both> users) {
    String destination = mount.required("destination");
    String target = Path.of(destination).normalize().toString();
    if (!target.startsWith("/") || target.equals("/")) {
      throw mount.error(
          "destination", "must be an absolute path below the root, not \"" + destination + "\"");
    }
    MountOptions options = options(mount);
    String type = mount.text("type").orElse("none");
    boolean bind = type.equals("bind") || options.isBind();
    Optional<String> source = mount.text("source");
    if (bind && !options.isRemount()) {
      Path from = bundle.resolve(source.orElseThrow(() -> mount.error("source", "is missing")));
      return new MountConfig(
          target, "bind", from.normalize().toString(), options, ids(mount, options, users));
    }
    if (options.mapping() != MountOptions.Mapping.NONE || mount.has("uidMappings")) {
      throw mount.error("uidMappings", "only a bind can show other ids than there are");
    }
    if (type.equals("none") && !options.isRemount()) {
      throw mount.error("type", "is missing, and no option says bind or rbind");
    }
    if (options.copiesUp() && !type.equals("tmpfs")) {
      throw mount.error("options", "tmpcopyup is for a tmpfs, not for " + type);
    }
    return new MountConfig(target, type, source.orElse(type), options, Optional.empty());
  }

  private static Optional<IdMapping.Both> ids(
      Fields mount, MountOptions options, Optional<IdMapping.Both> users) {
    IdMapping.Both own = IdMapping.Both.of(mount);
    if (own.isGiven()) {
      return Optional.of(own);
    }
    if (options.mapping() != MountOptions.Mapping.NONE && users.isEmpty()) {
      throw mount.error(
          "options", "idmap needs uidMappings and gidMappings, or a user namespace that has some");
    }
    return users.filter(any -> options.mapping() != MountOptions.Mapping.NONE);
  }

  private static MountOptions options(Fields mount) {
    try {
      return MountOptions.parse(mount.strings("options"));
    } catch (IllegalArgumentException e) {
      throw mount.error("options", String.valueOf(e.getMessage()));
    }
  }

  boolean isBind() {
    return type.equals("bind");
  }

  /** In /proc, /sys and /dev nothing of the image's may lead elsewhere. */
  boolean isGuarded() {
    return Path.of(target).startsWith("/proc")
        || Path.of(target).startsWith("/sys")
        || target.equals("/dev");
  }
}
