package io.jollyboat.runtime;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Something to mount in the root (config.md, Mounts).
 *
 * @param target absolute and normal, below the root
 * @param type of the file system, {@code bind} for a bind
 * @param source a path of the host for a bind
 */
record MountConfig(String target, String type, String source, MountOptions options) {

  /**
   * @param bundle what a relative source starts from
   */
  static MountConfig of(Fields mount, Path bundle) {
    String destination = mount.required("destination");
    String target = Path.of(destination).normalize().toString();
    if (!target.startsWith("/") || target.equals("/")) {
      throw mount.error(
          "destination", "must be an absolute path below the root, not \"" + destination + "\"");
    }
    mount.refuse("id-mapped mounts are not supported", "uidMappings", "gidMappings");
    MountOptions options = options(mount);
    String type = mount.text("type").orElse("none");
    boolean bind = type.equals("bind") || options.isBind();
    Optional<String> source = mount.text("source");
    if (bind && !options.isRemount()) {
      Path from = bundle.resolve(source.orElseThrow(() -> mount.error("source", "is missing")));
      return new MountConfig(target, "bind", from.normalize().toString(), options);
    }
    if (type.equals("none") && !options.isRemount()) {
      throw mount.error("type", "is missing, and no option says bind or rbind");
    }
    if (options.copiesUp() && !type.equals("tmpfs")) {
      throw mount.error("options", "tmpcopyup is for a tmpfs, not for " + type);
    }
    return new MountConfig(target, type, source.orElse(type), options);
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
