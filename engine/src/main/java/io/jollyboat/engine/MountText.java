package io.jollyboat.engine;

import static io.jollyboat.engine.ResourcesText.size;

import io.jollyboat.Mount;
import java.nio.file.Path;
import java.util.List;

/** The text form of a mount: its kind, its path in the container, and what belongs to the kind. */
final class MountText {
  private MountText() {}

  static List<String> print(Mount mount) {
    if (mount.source() instanceof Mount.Source.Host host) {
      String kind = mount.readOnly() ? "read-only" : "read-write";
      return List.of(kind, mount.target(), host.path().toString());
    }
    if (mount.source() instanceof Mount.Source.Volume volume) {
      return List.of("volume", mount.target(), volume.name());
    }
    Mount.Source.Tmpfs tmpfs = (Mount.Source.Tmpfs) mount.source();
    return List.of("tmpfs", mount.target(), Long.toString(tmpfs.limit().bytes()));
  }

  static Mount read(List<String> words) {
    String target = words.get(1);
    return switch (words.get(0)) {
      case "read-only" -> Mount.readOnly(Path.of(words.get(2)), target);
      case "read-write" -> Mount.readWrite(Path.of(words.get(2)), target);
      case "volume" -> Mount.volume(words.get(2), target);
      case "tmpfs" -> Mount.tmpfs(target, size(words.get(2)));
      default -> throw new IllegalArgumentException("there is no mount " + words.get(0));
    };
  }
}
