package io.jollyboat.engine;

import static io.jollyboat.engine.ResourcesText.size;

import io.jollyboat.Mount;
import io.jollyboat.Propagation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The text form of a mount: its kind, its path in the container, what belongs to the kind, or an
 * empty word for what was not said, and then its options, {@code NAME} or {@code NAME=VALUE}.
 */
final class MountText {
  private static final Propagation USUAL = Propagation.RPRIVATE;

  private MountText() {}

  static List<String> print(Mount mount) {
    List<String> words = new ArrayList<>(source(mount));
    if (!mount.writable() && !words.get(0).equals("image")) {
      words.add("read-only");
    }
    if (mount.propagation() != USUAL) {
      words.add("propagation=" + mount.propagation());
    }
    if (mount.createsMissing()) {
      words.add("create");
    }
    mount.subPath().ifPresent(path -> words.add("sub=" + path));
    if (!mount.copies()) {
      words.add("no-copy");
    }
    return words;
  }

  private static List<String> source(Mount mount) {
    String target = mount.target();
    if (mount.source() instanceof Mount.Source.Host host) {
      return List.of("bind", target, host.path().toString());
    }
    if (mount.source() instanceof Mount.Source.Volume volume) {
      return List.of("volume", target, volume.name());
    }
    if (mount.source() instanceof Mount.Source.Tmpfs tmpfs) {
      String bytes = tmpfs.limit().map(limit -> Long.toString(limit.bytes())).orElse("");
      String mode = tmpfs.mode().isPresent() ? Integer.toString(tmpfs.mode().getAsInt()) : "";
      return List.of("tmpfs", target, bytes, mode);
    }
    if (mount.source() instanceof Mount.Source.Image image) {
      return List.of("image", target, image.reference());
    }
    if (mount.source() instanceof Mount.Source.Overlay overlay) {
      String changes = overlay.changes().map(Path::toString).orElse("");
      return List.of("overlay", target, overlay.path().toString(), changes);
    }
    return List.of("anonymous", target);
  }

  static Mount read(List<String> words) {
    String target = words.get(1);
    return switch (words.get(0)) {
      case "bind" -> options(Mount.readWrite(Path.of(words.get(2)), target), words, 3);
      case "volume" -> options(Mount.volume(words.get(2), target), words, 3);
      case "anonymous" -> options(Mount.anonymous(target), words, 2);
      case "tmpfs" -> options(tmpfs(target, words.get(2), words.get(3)), words, 4);
      case "image" -> options(Mount.image(words.get(2), target), words, 3);
      case "overlay" -> options(overlay(target, words.get(2), words.get(3)), words, 4);
      default -> throw new IllegalArgumentException("there is no mount " + words.get(0));
    };
  }

  private static Mount tmpfs(String target, String bytes, String mode) {
    Mount mount = bytes.isEmpty() ? Mount.tmpfs(target) : Mount.tmpfs(target, size(bytes));
    return mode.isEmpty() ? mount : mount.mode(Integer.parseInt(mode));
  }

  private static Mount overlay(String target, String host, String changes) {
    return changes.isEmpty()
        ? Mount.overlay(Path.of(host), target)
        : Mount.overlay(Path.of(host), Path.of(changes), target);
  }

  private static Mount options(Mount mount, List<String> words, int from) {
    Mount changed = mount;
    for (String word : words.subList(from, words.size())) {
      String name = word.split("=", 2)[0];
      String value = word.substring(Math.min(word.length(), name.length() + 1));
      changed =
          switch (name) {
            case "read-only" -> changed.readOnly();
            case "propagation" -> changed.propagation(Propagation.valueOf(value));
            case "create" -> changed.createMissing();
            case "sub" -> changed.subPath(value);
            case "no-copy" -> changed.noCopy();
            default -> throw new IllegalArgumentException("there is no option " + name);
          };
    }
    return changed;
  }
}
