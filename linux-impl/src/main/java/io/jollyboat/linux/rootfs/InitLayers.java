package io.jollyboat.linux.rootfs;

import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.spi.host.MergedTree;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeEntry.Kind;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes the layers that hold the mount points an image lacks. They lie between the image and what
 * the container writes, so that no commit ever sees them. Safe for use by several threads.
 */
public final class InitLayers {
  private static final List<String> KERNEL_DIRECTORIES = List.of("proc", "sys", "dev");

  /** The engine's own files there are plain: a link of the image must not say where they go. */
  private static final Set<String> ALWAYS_PLAIN =
      Set.of("/etc/hosts", "/etc/hostname", "/etc/resolv.conf");

  private static final int MOST_KNOWN = 1000;

  /**
   * What decides about a layer: an image is known by its key, a mount by where and of which kind.
   */
  private record Question(String image, List<String> targets) {}

  private final LayerTrees trees;
  private final SmallLayers layers;
  private final Map<Question, InitLayer> known = new ConcurrentHashMap<>();

  /**
   * @param directory for the layers, made when missing; on a file system that overlay can use
   */
  public InitLayers(LayerTrees trees, Path directory) {
    this.trees = trees;
    this.layers = new SmallLayers(trees, directory);
  }

  /**
   * @param layer goes on top of the image's; empty when the image has all that is needed
   * @param targets where each mount really goes, by the path that was asked for: links replaced
   */
  private record InitLayer(Optional<Path> layer, Map<String, String> targets) {}

  /**
   * An image's layers, made ready for some mounts.
   *
   * @param layersTopFirst the image's, and a layer of mount points on top where one is needed
   * @param mounts the same, their targets free of links
   */
  public record Prepared(List<Path> layersTopFirst, List<ContainerMount> mounts) {
    public Prepared {
      layersTopFirst = List.copyOf(layersTopFirst);
      mounts = List.copyOf(mounts);
    }
  }

  /**
   * @param imageKey equal for equal layers: the chain id of the uppermost
   * @throws IllegalArgumentException when a link of the image leads a mount to where none may be
   */
  public Prepared prepare(String imageKey, List<Path> layersTopFirst, List<ContainerMount> mounts) {
    InitLayer init = find(imageKey, layersTopFirst, mounts);
    List<Path> layers = new ArrayList<>(layersTopFirst.size() + 1);
    init.layer().ifPresent(layers::add);
    layers.addAll(layersTopFirst);
    return new Prepared(
        layers,
        mounts.stream()
            .map(mount -> mount.at(init.targets().getOrDefault(mount.target(), mount.target())))
            .toList());
  }

  private InitLayer find(String imageKey, List<Path> layersTopFirst, List<ContainerMount> mounts) {
    List<String> targets =
        mounts.stream().map(m -> (m.needsDirectory() ? "d" : "f") + m.target()).sorted().toList();
    Question question = new Question(imageKey, targets);
    InitLayer found = known.get(question);
    if (found == null) {
      try (MergedTree image = trees.merge(layersTopFirst)) {
        found = new Search(image).run(mounts);
      }
      if (known.size() >= MOST_KNOWN) {
        known.clear();
      }
      known.put(question, found);
    }
    return found;
  }

  /** Looks through one image. */
  private final class Search {
    private final MergedTree image;
    private final SortedMap<String, TreeEntry> entries = new TreeMap<>();
    private final Map<String, String> targets = new TreeMap<>();

    Search(MergedTree image) {
      this.image = image;
    }

    InitLayer run(List<ContainerMount> mounts) {
      for (String directory : KERNEL_DIRECTORIES) {
        if (image.find(directory).isEmpty()) {
          add(directory, true); // one that is a link or a file stays, and the launcher refuses it
        }
      }
      for (ContainerMount mount : mounts) {
        if (!isInKernelDirectory(mount.target())) {
          add(mount);
        }
      }
      return new InitLayer(
          entries.isEmpty()
              ? Optional.empty()
              : Optional.of(layers.of(List.copyOf(entries.values()))),
          Map.copyOf(targets));
    }

    private void add(ContainerMount mount) {
      String asked = mount.target().substring(1);
      boolean plain = ALWAYS_PLAIN.contains(mount.target());
      String path = plain ? resolveParent(asked) : strip(image.resolve(asked));
      if (!("/" + path).equals(mount.target())) {
        ContainerMount unused = mount.at("/" + path); // refused if the links lead below /proc
        targets.put(mount.target(), unused.target());
      }
      if (isInKernelDirectory("/" + path)) {
        return;
      }
      Optional<TreeEntry> entry = image.find(path);
      if (entry.isEmpty() || (plain && entry.get().kind() == Kind.SYMLINK)) {
        add(path, mount.needsDirectory());
      }
    }

    private String resolveParent(String path) {
      int slash = path.lastIndexOf('/');
      String parent = strip(image.resolve(path.substring(0, slash)));
      return parent.isEmpty() ? path.substring(slash + 1) : parent + path.substring(slash);
    }

    /** A missing name with its parents; of those that exist, the attributes must not change. */
    private void add(String path, boolean directory) {
      Set<String> parents = new LinkedHashSet<>();
      for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
        parents.add(path.substring(0, slash));
      }
      for (String parent : parents) {
        entries.computeIfAbsent(parent, p -> TreeEntry.directory(p, attributes(p)));
      }
      copyRoot();
      entries.putIfAbsent(
          path,
          directory
              ? TreeEntry.directory(path, fresh(0755))
              : TreeEntry.file(path, fresh(0644), 0));
    }

    private void copyRoot() {
      image
          .find("")
          .ifPresent(
              root -> entries.putIfAbsent("", TreeEntry.directory("", stable(root.attributes()))));
    }

    private FileAttributes attributes(String directory) {
      return image
          .find(directory)
          .filter(entry -> entry.kind() == Kind.DIRECTORY)
          .map(entry -> stable(entry.attributes()))
          .orElseGet(() -> fresh(0755));
    }
  }

  /** The time is not part of a layer's name: a fixed one makes equal names equal layers. */
  private static FileAttributes stable(FileAttributes attributes) {
    return attributes.withModified(Instant.EPOCH);
  }

  private static FileAttributes fresh(int mode) {
    return new FileAttributes(mode, 0, 0, Instant.EPOCH);
  }

  static boolean isInKernelDirectory(String path) {
    return KERNEL_DIRECTORIES.stream()
        .anyMatch(d -> path.equals("/" + d) || path.startsWith("/" + d + "/"));
  }

  private static String strip(String path) {
    return path.startsWith("/") ? path.substring(1) : path;
  }
}
