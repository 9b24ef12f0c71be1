package io.jollyboat.linux.rootfs;

import io.jollyboat.linux.syscall.Errno;
import io.jollyboat.linux.syscall.Fd;
import io.jollyboat.linux.syscall.FileCalls;
import io.jollyboat.linux.syscall.FileSystemCalls;
import io.jollyboat.linux.syscall.KernelException;
import io.jollyboat.linux.syscall.OpenFlags;
import io.jollyboat.linux.syscall.TreeCalls;
import io.jollyboat.linux.userns.KeeperFiles.Upper;
import io.jollyboat.linux.userns.UserNamespace;
import io.jollyboat.spi.host.EditableTree;
import io.jollyboat.spi.host.LayerTree;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.spi.host.MergedTree;
import io.jollyboat.spi.host.TreeWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The trees of layers on Linux. Without root they need the ids of a user namespace: with a single
 * one every file belongs to it, and its owner in the image is only noted beside it. Safe for use by
 * several threads.
 */
public final class LinuxLayerTrees implements LayerTrees {
  private static final int DIRECTORY = OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY;
  private static final int PATH_DIRECTORY = OpenFlags.O_PATH | OpenFlags.O_DIRECTORY;

  /** MOUNT_ATTR_RDONLY, NOSUID, NODEV and NOEXEC of mount_setattr(2). */
  private static final int READ_ONLY_DATA = 0x01 | 0x02 | 0x04 | 0x08;

  private static final int DATA = 0x02 | 0x04 | 0x08;

  private final TreeAccess tree;
  private final Attributes attributes;

  /** For root. */
  public LinuxLayerTrees() {
    this(Optional.empty());
  }

  /**
   * @param users the namespace in which the layers' files have owners, for all but root
   */
  public LinuxLayerTrees(Optional<UserNamespace> users) {
    this.tree = new TreeAccess(users);
    this.attributes = new Attributes(tree.overlayFlavour());
  }

  @Override
  public TreeWriter create(Path directory) {
    try (Fd here = openParent(directory)) {
      String name = directory.getFileName().toString();
      tree.makeDirectory(here, name);
      tree.changeMode(here, name, 0755);
      return LinuxTreeWriter.ofNew(tree, tree.open(here, name, DIRECTORY), attributes);
    } catch (KernelException e) {
      throw TreeFailures.ofMachine(directory.toString(), e);
    }
  }

  @Override
  public LayerTree open(Path directory) {
    return new LinuxLayerTree(tree, openDirectory(directory, DIRECTORY), attributes);
  }

  @Override
  public MergedTree merge(List<Path> layersTopFirst) {
    if (layersTopFirst.isEmpty()) {
      return new EmptyTree();
    }
    return new LinuxMergedTree(tree, merged(layersTopFirst), attributes);
  }

  /** The root of what some layers, at least one, are together. */
  private Fd merged(List<Path> layersTopFirst) {
    return layersTopFirst.size() == 1
        ? openDirectory(layersTopFirst.get(0), PATH_DIRECTORY)
        : overlay(layersTopFirst, Optional.empty());
  }

  @Override
  public EditableTree edit(List<Path> layersTopFirst, Path upper, Path work) {
    // Without layers there is nothing to lay the directory over.
    Fd root =
        layersTopFirst.isEmpty()
            ? openDirectory(upper, PATH_DIRECTORY)
            : overlay(layersTopFirst, Optional.of(new Upper(upper, work)));
    return new LinuxEditableTree(tree, root, attributes);
  }

  private Fd overlay(List<Path> layersTopFirst, Optional<Upper> upper) {
    int mountAttributes = upper.isPresent() ? DATA : READ_ONLY_DATA;
    try {
      return tree.namespace().isPresent()
          ? tree.namespace().get().overlay(layersTopFirst, upper, mountAttributes)
          : overlayHere(layersTopFirst, upper, mountAttributes);
    } catch (KernelException e) {
      throw TreeFailures.ofMachine(layersTopFirst.get(0).toString(), e);
    }
  }

  private Fd overlayHere(List<Path> layersTopFirst, Optional<Upper> upper, int mountAttributes) {
    List<Fd> opened = new ArrayList<>();
    try {
      for (Path layer : layersTopFirst) {
        opened.add(openDirectory(layer, PATH_DIRECTORY));
      }
      List<Fd> layers = List.copyOf(opened);
      List<Fd> writable = new ArrayList<>();
      for (Path directory : upper.map(u -> List.of(u.changes(), u.work())).orElse(List.of())) {
        writable.add(openDirectory(directory, PATH_DIRECTORY));
      }
      opened.addAll(writable);
      return overlay(layers, writable, mountAttributes);
    } finally {
      opened.forEach(Fd::close);
    }
  }

  @Override
  public Optional<LayerTree> subtree(List<Path> layersTopFirst, String path) {
    if (layersTopFirst.isEmpty()) {
      return Optional.empty();
    }
    try (Fd merged = merged(layersTopFirst)) {
      return Optional.of(
          new LinuxLayerTree(tree, tree.openInRoot(merged, path, DIRECTORY), attributes));
    } catch (KernelException e) {
      if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
        return Optional.empty();
      }
      throw TreeFailures.ofMachine(path, e);
    }
  }

  /**
   * @param writable where changes go and overlayfs's own directory, or neither
   */
  static Fd overlay(List<Fd> layers, List<Fd> writable, int mountAttributes) {
    try (Fd context = context()) {
      for (Fd layer : layers) {
        FileSystemCalls.option(context, "lowerdir+", layer.path());
      }
      return mount(context, writable, mountAttributes);
    } catch (KernelException e) {
      if (!e.is(Errno.EINVAL)) {
        throw e;
      }
      return overlayOfOldKernel(layers, writable, mountAttributes);
    }
  }

  /**
   * Before Linux 6.5 all layers are one option, and an option has at most 255 bytes. Such a kernel
   * takes every option and refuses those that it does not know when the file system is created.
   */
  private static Fd overlayOfOldKernel(List<Fd> layers, List<Fd> writable, int mountAttributes) {
    try (Fd context = context()) {
      String all = layers.stream().map(Fd::path).collect(Collectors.joining(":"));
      FileSystemCalls.option(context, "lowerdir", all);
      return mount(context, writable, mountAttributes);
    }
  }

  private static Fd context() {
    return FileSystemCalls.open("overlay");
  }

  private static Fd mount(Fd context, List<Fd> writable, int mountAttributes) {
    if (!writable.isEmpty()) {
      FileSystemCalls.option(context, "upperdir", writable.get(0).path());
      FileSystemCalls.option(context, "workdir", writable.get(1).path());
      // Else the end of the mount writes a whole file system to disk; who keeps it flushes it.
      FileSystemCalls.flag(context, "volatile");
    }
    FileSystemCalls.create(context);
    return FileSystemCalls.mount(context, mountAttributes);
  }

  @Override
  public String overlayFlavour() {
    return tree.overlayFlavour();
  }

  @Override
  public String ids() {
    return tree.ids();
  }

  @Override
  public void flush(Path directory) {
    try (Fd fd = openDirectory(directory, DIRECTORY)) {
      TreeCalls.syncFileSystem(fd);
    } catch (KernelException e) {
      throw TreeFailures.ofMachine(directory.toString(), e);
    }
  }

  @Override
  public void delete(Path directory) {
    try (Fd parent = openParent(directory)) {
      TreeDeletion.delete(tree, parent, directory.getFileName().toString());
    } catch (KernelException e) {
      if (!e.is(Errno.ENOENT)) {
        throw TreeFailures.ofMachine(directory.toString(), e);
      }
    }
  }

  private static Fd openParent(Path directory) {
    Path parent = Objects.requireNonNull(directory.toAbsolutePath().getParent(), "the root itself");
    return FileCalls.open(parent.toString(), DIRECTORY, 0);
  }

  /** A container may have taken its root directory from us: it is opened as a name. */
  private Fd openDirectory(Path directory, int flags) {
    try (Fd parent = openParent(directory)) {
      return tree.open(parent, directory.getFileName().toString(), flags);
    } catch (KernelException e) {
      throw TreeFailures.ofMachine(directory.toString(), e);
    }
  }
}
