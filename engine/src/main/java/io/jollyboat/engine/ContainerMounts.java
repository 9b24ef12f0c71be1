package io.jollyboat.engine;

import io.jollyboat.Mount;
import io.jollyboat.Progress;
import io.jollyboat.Propagation;
import io.jollyboat.PullPolicy;
import io.jollyboat.StoreException;
import io.jollyboat.StoredImage;
import io.jollyboat.linux.launcher.MountPropagation;
import io.jollyboat.linux.rootfs.ContainerMount;
import io.jollyboat.linux.rootfs.ContainerMount.Content;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.Platform;
import io.jollyboat.spi.Registry;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.store.ImageStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * From the mounts that a specification and an image ask for to what the launcher mounts: makes and
 * fills volumes, finds images, makes directories. Safe for use by several threads.
 */
final class ContainerMounts {
  private final ImageStore store;
  private final Registry registry;
  private final VolumeStore volumes;
  private final LayerTrees trees;

  ContainerMounts(ImageStore store, Registry registry, VolumeStore volumes, LayerTrees trees) {
    this.store = store;
    this.registry = registry;
    this.volumes = volumes;
    this.trees = trees;
  }

  /**
   * Makes all ready. May be called again for the same container: its volumes stay the same.
   *
   * @param layersTopFirst of the container's image
   * @param container its directory
   * @throws IllegalArgumentException for a mount that cannot be
   */
  List<ContainerMount> prepare(
      List<Mount> asked,
      ImageConfig config,
      PullPolicy pull,
      List<Path> layersTopFirst,
      Path container) {
    List<Mount> all = withVolumesOfImage(asked, config);
    VolumeUse use = use(all, container);
    List<ContainerMount> mounts = new ArrayList<>();
    for (Mount mount : all) {
      Content content = content(mount, use, pull, layersTopFirst, container);
      mounts.add(new ContainerMount(content, mount.target(), !mount.writable()));
    }
    return mounts;
  }

  /** Each path of a VOLUME instruction is a volume, unless something else is mounted there. */
  private static List<Mount> withVolumesOfImage(List<Mount> asked, ImageConfig config) {
    if (config.volumes().isEmpty()) {
      return asked;
    }
    List<Mount> all = new ArrayList<>(asked);
    Set<String> taken = new TreeSet<>();
    asked.forEach(mount -> taken.add(normal(mount.target())));
    for (String path : new TreeSet<>(config.volumes())) {
      if (taken.add(normal(path))) {
        all.add(Mount.anonymous(normal(path)));
      }
    }
    return all;
  }

  private static String normal(String path) {
    return Path.of("/").resolve(path).normalize().toString();
  }

  private VolumeUse use(List<Mount> mounts, Path container) {
    Set<String> named = new TreeSet<>();
    Map<String, String> anonymous = new TreeMap<>();
    boolean any =
        mounts.stream()
            .map(Mount::source)
            .anyMatch(
                source ->
                    source instanceof Mount.Source.Volume
                        || source instanceof Mount.Source.Anonymous);
    if (!any) {
      return new VolumeUse(named, anonymous);
    }
    Map<String, String> known = VolumeUse.read(container).anonymous();
    for (Mount mount : mounts) {
      if (mount.source() instanceof Mount.Source.Volume volume) {
        named.add(volume.name());
      } else if (mount.source() instanceof Mount.Source.Anonymous) {
        String name = known.get(mount.target());
        anonymous.put(mount.target(), name == null ? VolumeStore.newName() : name);
      }
    }
    VolumeUse use = new VolumeUse(named, anonymous);
    volumes.use(container, use);
    return use;
  }

  private Content content(
      Mount mount, VolumeUse use, PullPolicy pull, List<Path> layersTopFirst, Path container) {
    if (mount.source() instanceof Mount.Source.Host host) {
      return host(mount, host.path());
    }
    if (mount.source() instanceof Mount.Source.Tmpfs tmpfs) {
      long bytes = tmpfs.limit().isPresent() ? tmpfs.limit().get().bytes() : 0;
      return new Content.Memory(bytes, tmpfs.mode().orElse(01777));
    }
    if (mount.source() instanceof Mount.Source.Image image) {
      return layers(image.reference(), mount.subPath().orElse(""), pull);
    }
    if (mount.source() instanceof Mount.Source.Overlay overlay) {
      return overlay(mount, overlay, container);
    }
    String name =
        mount.source() instanceof Mount.Source.Volume volume
            ? volume.name()
            : use.anonymous().get(mount.target());
    return volume(mount, String.valueOf(name), layersTopFirst);
  }

  private static Content host(Mount mount, Path path) {
    present(mount, path);
    return new Content.Bind(path, "", propagation(mount.propagation()));
  }

  private static void present(Mount mount, Path path) {
    if (Files.exists(path)) {
      return;
    }
    if (!mount.createsMissing()) {
      throw new IllegalArgumentException(
          "cannot mount "
              + path
              + ": there is no such file or directory; make it, or add createMissing() to the"
              + " mount");
    }
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot make the missing source " + path + ": " + e, e);
    }
  }

  private static MountPropagation propagation(Propagation propagation) {
    return switch (propagation) {
      case PRIVATE, RPRIVATE -> MountPropagation.PRIVATE;
      case SLAVE -> MountPropagation.SLAVE;
      case RSLAVE -> MountPropagation.RSLAVE;
      case SHARED -> MountPropagation.SHARED;
      case RSHARED -> MountPropagation.RSHARED;
    };
  }

  private Content volume(Mount mount, String name, List<Path> layersTopFirst) {
    boolean fills = mount.copies() && mount.subPath().isEmpty();
    volumes.fill(
        name,
        () ->
            fills
                ? trees.subtree(layersTopFirst, mount.target().substring(1))
                : java.util.Optional.empty());
    return new Content.Bind(
        volumes.data(name), mount.subPath().orElse(""), MountPropagation.PRIVATE);
  }

  private Content layers(String reference, String below, PullPolicy pull) {
    StoredImage image =
        new BaseImage(store, registry)
            .resolve(reference, Platform.current(), pull, Progress.none());
    return new Content.Layers(ContainerPlans.layersTopFirst(store, image.config()), below);
  }

  private static Content overlay(Mount mount, Mount.Source.Overlay overlay, Path container) {
    present(mount, overlay.path());
    if (!Files.isDirectory(overlay.path())) {
      throw new IllegalArgumentException(
          "an overlay is of a directory, and " + overlay.path() + " is a file");
    }
    Path changes =
        overlay
            .changes()
            .orElseGet(() -> container.resolve("overlays").resolve(placeOf(mount.target())));
    try {
      Files.createDirectories(changes);
      Path work = Files.createDirectories(changes.resolve("work"));
      Path upper = changes.resolve("upper");
      if (!Files.isDirectory(upper, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(upper);
        copyAttributes(overlay.path(), upper);
      }
      return new Content.Overlay(
          overlay.path(), upper, work, overlay.changes().map(kept -> kept.resolve("lock")));
    } catch (IOException e) {
      throw new StoreException("cannot make a place for changes in " + changes + ": " + e, e);
    }
  }

  private static String placeOf(String target) {
    return Digest.sha256(target.getBytes(StandardCharsets.UTF_8)).hex().substring(0, 16);
  }

  /** What a container sees of the root of an overlay is the upper directory's. */
  private static void copyAttributes(Path from, Path to) throws IOException {
    for (String name : List.of("unix:uid", "unix:gid", "unix:mode")) {
      Object value = Files.getAttribute(from, name);
      if (!value.equals(Files.getAttribute(to, name))) {
        Files.setAttribute(to, name, value);
      }
    }
  }
}
