package io.jollyboat.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jollyboat.BuildSpec;
import io.jollyboat.Image;
import io.jollyboat.ImageId;
import io.jollyboat.ImageNotFoundException;
import io.jollyboat.Progress;
import io.jollyboat.PullPolicy;
import io.jollyboat.Size;
import io.jollyboat.StoredImage;
import io.jollyboat.dockerfile.DockerIgnore;
import io.jollyboat.oci.ChainId;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Platform;
import io.jollyboat.spi.host.EditableTree;
import io.jollyboat.spi.host.FileAttributes;
import io.jollyboat.spi.host.FileLocks;
import io.jollyboat.spi.host.LayerTree;
import io.jollyboat.spi.host.LayerTrees;
import io.jollyboat.spi.host.MergedTree;
import io.jollyboat.spi.host.TreeEntry;
import io.jollyboat.spi.host.TreeWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A store in memory and a machine with the commands of {@link FakeCommands}. */
final class FakeMachine implements BuildStore, LayerTrees {
  final Path root;
  final Map<String, StoredImage> bases = new ConcurrentHashMap<>();
  final Set<Path> held = ConcurrentHashMap.newKeySet();
  final Map<ImageId, Known> images = Collections.synchronizedMap(new LinkedHashMap<>());
  final Map<ImageId, Map<String, String>> annotations = new ConcurrentHashMap<>();
  final Map<ImageId, String> provenance = new ConcurrentHashMap<>();
  final Map<String, ImageId> names = new ConcurrentHashMap<>();
  final Map<Digest, String> taken = new ConcurrentHashMap<>();
  final Map<Digest, ImageId> cache = new ConcurrentHashMap<>();
  final List<String> inputs = Collections.synchronizedList(new ArrayList<>());
  final Map<Path, Map<String, MemoryTree.Node>> layers = new ConcurrentHashMap<>();
  final AtomicInteger resolves = new AtomicInteger();
  final List<Runnable> beforeLocks = new ArrayList<>();
  final AtomicInteger merges = new AtomicInteger();
  final AtomicInteger openChanges = new AtomicInteger();
  final FakeCommands commands = new FakeCommands(this::merge);
  final FakeCaches remote = new FakeCaches(this);
  final ImageBuilder builder;
  String hostKey = "host-1";

  record Known(
      ImageId id,
      Optional<ImageId> parent,
      ImageConfig config,
      boolean intermediate,
      List<ImageReference> names)
      implements StoredImage {
    @Override
    public Platform platform() {
      return config.platform();
    }

    @Override
    public Size size() {
      return new Size(0);
    }

    @Override
    public Instant created() {
      return config.created().orElse(Instant.EPOCH);
    }
  }

  FakeMachine(Path root) {
    this.root = root;
    this.builder =
        new ImageBuilder(this, this, commands, this::resolve, new FakeWeb(), remote, () -> hostKey);
  }

  StoredImage resolve(String reference, Platform platform, PullPolicy policy, Progress progress) {
    resolves.incrementAndGet();
    StoredImage base = bases.get(reference);
    if (base == null) {
      throw new ImageNotFoundException("no image " + reference, reference);
    }
    return base;
  }

  StoredImage build(Image image, UnaryOperator<BuildSpec> options) {
    return builder.build(image, options.apply(BuildSpec.defaults()), Progress.none());
  }

  Events watch(Image image, UnaryOperator<BuildSpec> options) {
    Events events = new Events();
    events.result = Optional.of(builder.build(image, options.apply(BuildSpec.defaults()), events));
    return events;
  }

  MemoryTree tree(StoredImage image) {
    return (MemoryTree) merge(layersTopFirst(image.config()));
  }

  /** An image of one layer: text by path, directories where the path ends in a slash. */
  StoredImage base(String name, Map<String, String> files, UnaryOperator<ImageConfig> change) {
    Map<String, MemoryTree.Node> layer = new LinkedHashMap<>();
    files.forEach((path, text) -> layer.put(path.replaceAll("/$", ""), node(path, text)));
    ImageConfig empty =
        ImageConfig.builder(Platform.current()).env("PATH", "/bin").workingDir("/").build();
    Digest diffId = keep(List.of(), layer);
    ImageConfig config =
        change.apply(
            empty.toBuilder()
                .layer(diffId, io.jollyboat.oci.History.of(Instant.EPOCH, "base"))
                .created(Instant.EPOCH)
                .build());
    StoredImage image = add(config, Optional.empty(), false);
    bases.put(name, image);
    return image;
  }

  private static MemoryTree.Node node(String path, String text) {
    FileAttributes plain = new FileAttributes(0644, 0, 0, Instant.EPOCH);
    if (path.endsWith("/")) {
      int mode = text.isEmpty() ? 0755 : Integer.parseInt(text, 8);
      return new MemoryTree.Node(
          TreeEntry.directory(path.replaceAll("/$", ""), plain.withMode(mode)), new byte[0]);
    }
    if (text.startsWith("-> ")) {
      return new MemoryTree.Node(
          TreeEntry.symlink(path, plain.withMode(0777), text.substring(3)), new byte[0]);
    }
    byte[] bytes = text.getBytes(UTF_8);
    return new MemoryTree.Node(TreeEntry.file(path, plain, bytes.length), bytes);
  }

  private Digest keep(List<Digest> below, Map<String, MemoryTree.Node> layer) {
    StringBuilder text = new StringBuilder();
    layer.forEach(
        (path, node) -> text.append(node.entry()).append(HexFormat.of().formatHex(node.content())));
    Digest diffId = Digest.sha256(text.toString().getBytes(UTF_8));
    List<Digest> all = new ArrayList<>(below);
    all.add(diffId);
    layers.put(path(ChainId.of(all)), layer);
    return diffId;
  }

  private Path path(ChainId chain) {
    return root.resolve("layers").resolve(chain.hex());
  }

  @Override
  public Optional<StoredImage> find(ImageId id) {
    return Optional.ofNullable(images.get(id));
  }

  @Override
  public boolean hasLayer(ChainId layer) {
    return layers.containsKey(path(layer));
  }

  @Override
  public List<Path> layersTopFirst(ImageConfig config) {
    List<Path> paths = new ArrayList<>();
    ChainId.ofEach(config.diffIds()).forEach(chain -> paths.add(0, path(chain)));
    return paths;
  }

  @Override
  public StoredImage add(ImageConfig config, Optional<ImageId> parent, boolean intermediate) {
    ImageId id = new ImageId(config.id());
    if (!layers.keySet().containsAll(layersTopFirst(config))) {
      throw new IllegalStateException("layers missing");
    }
    return images.merge(
        id,
        new Known(id, parent, config, intermediate, List.of()),
        (old, now) ->
            new Known(
                id, old.parent(), config, old.intermediate() && now.intermediate(), old.names()));
  }

  @Override
  public StoredImage add(
      ImageConfig config, Optional<ImageId> parent, List<ImageReference> references) {
    StoredImage added = add(config, parent, false);
    references.forEach(reference -> names.put(reference.toString(), added.id()));
    return added;
  }

  @Override
  public StoredImage tag(List<StoredImage> platforms, List<ImageReference> references) {
    references.forEach(reference -> names.put(reference.toString(), platforms.get(0).id()));
    return platforms.get(0);
  }

  @Override
  public Optional<ImageId> cached(Digest key, Set<String> places) {
    String from = taken.get(key);
    return from == null || places.contains(from)
        ? Optional.ofNullable(cache.get(key))
        : Optional.empty();
  }

  @Override
  public void remember(Digest key, ImageId image, String text, Optional<String> from) {
    taken.remove(key);
    from.ifPresent(place -> taken.put(key, place));
    inputs.add(text);
    cache.put(key, image);
  }

  @Override
  public List<String> earlierInputs() {
    List<String> latestFirst = new ArrayList<>(inputs);
    Collections.reverse(latestFirst);
    return latestFirst;
  }

  @Override
  public Optional<Digest> write(List<Digest> below, Collection<Piece> pieces) {
    Map<String, MemoryTree.Node> layer = new LinkedHashMap<>();
    String last = "";
    for (Piece piece : pieces) {
      String path = piece.entry().path();
      String parent = piece.entry().parent();
      if (TreePath.ORDER.compare(last, path) >= 0
          || (!parent.isEmpty() && !layer.containsKey(parent))) {
        throw new IllegalArgumentException("out of order or without a parent: " + path);
      }
      last = path;
      try (InputStream in = piece.open()) {
        layer.put(path, new MemoryTree.Node(piece.entry(), in.readAllBytes()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return layer.isEmpty() ? Optional.empty() : Optional.of(keep(below, layer));
  }

  @Override
  public Optional<Digest> squash(List<Digest> below) {
    List<Path> topFirst = new ArrayList<>();
    ChainId.ofEach(below).forEach(chain -> topFirst.add(0, path(chain)));
    Map<String, MemoryTree.Node> all = ((MemoryTree) merge(topFirst)).nodes();
    return all.isEmpty() ? Optional.empty() : Optional.of(keep(List.of(), all));
  }

  @Override
  public void annotate(ImageId image, Map<String, String> all) {
    annotations.put(image, all);
  }

  @Override
  public void keepProvenance(ImageId image, byte[] predicate) {
    provenance.put(image, new String(predicate, UTF_8));
  }

  /** Of this process alone. */
  @Override
  public FileLocks locks() {
    return new FileLocks() {
      @Override
      public Lock exclusive(Path file) {
        beforeLocks.forEach(Runnable::run);
        while (true) {
          Optional<Lock> lock = tryExclusive(file);
          if (lock.isPresent()) {
            return lock.get();
          }
          Thread.onSpinWait();
        }
      }

      @Override
      public Lock shared(Path file) {
        return () -> {};
      }

      @Override
      public Optional<Lock> tryExclusive(Path file) {
        return held.add(file) ? Optional.of(() -> held.remove(file)) : Optional.empty();
      }
    };
  }

  @Override
  public Changes begin() {
    try {
      Path directory = Files.createTempDirectory(root, "changes");
      Files.createDirectory(directory.resolve("diff"));
      Files.createDirectory(directory.resolve("work"));
      openChanges.incrementAndGet();
      return new FakeChanges(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class FakeChanges implements Changes {
    private final Path directory;

    FakeChanges(Path directory) {
      this.directory = directory;
    }

    @Override
    public Path diff() {
      return directory.resolve("diff");
    }

    @Override
    public Path work() {
      return directory.resolve("work");
    }

    @Override
    public Optional<Digest> commit(List<Digest> below, Optional<Instant> latest) {
      Map<String, MemoryTree.Node> layer = new LinkedHashMap<>();
      collect(new ContextTree(diff(), DockerIgnore.none()), "", layer, latest);
      return layer.isEmpty() ? Optional.empty() : Optional.of(keep(below, layer));
    }

    private void collect(
        ContextTree tree,
        String path,
        Map<String, MemoryTree.Node> layer,
        Optional<Instant> latest) {
      for (TreeEntry entry : tree.list(path)) {
        try {
          boolean file = entry.kind() == TreeEntry.Kind.FILE;
          byte[] content = file ? tree.open(entry.path()).readAllBytes() : new byte[0];
          layer.put(entry.path(), new MemoryTree.Node(FileTimes.clamped(entry, latest), content));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        collect(tree, entry.path(), layer, latest);
      }
    }

    @Override
    public void close() {
      openChanges.decrementAndGet();
    }
  }

  @Override
  public Path root() {
    return root;
  }

  @Override
  public Lease lease() {
    return () -> {};
  }

  @Override
  public MergedTree merge(List<Path> layersTopFirst) {
    merges.incrementAndGet();
    List<Map<String, MemoryTree.Node>> bottomFirst = new ArrayList<>();
    layersTopFirst.forEach(path -> bottomFirst.add(0, layers.get(path)));
    return new MemoryTree(bottomFirst);
  }

  @Override
  public EditableTree edit(List<Path> layersTopFirst, Path upper, Path work) {
    return new MemoryEdits((MemoryTree) merge(layersTopFirst), upper);
  }

  @Override
  public TreeWriter create(Path directory) {
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          if (method.getName().equals("write")) {
            write(directory, (TreeEntry) arguments[0], (InputStream) arguments[1]);
          }
          return null;
        };
    try {
      Files.createDirectory(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return (TreeWriter)
        Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {TreeWriter.class}, handler);
  }

  private static void write(Path directory, TreeEntry entry, InputStream content)
      throws IOException {
    Path path = directory.resolve(entry.path());
    if (entry.kind() == TreeEntry.Kind.DIRECTORY) {
      Files.createDirectories(path);
      return;
    }
    Files.createDirectories(path.getParent());
    if (entry.kind() == TreeEntry.Kind.SYMLINK) {
      Files.createSymbolicLink(path, Path.of(entry.link()));
    } else {
      Files.copy(content, path);
    }
  }

  @Override
  public LayerTree open(Path directory) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void delete(Path directory) {}

  @Override
  public Optional<LayerTree> subtree(List<Path> layersTopFirst, String path) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String ids() {
    return "identity";
  }

  @Override
  public String overlayFlavour() {
    return "trusted";
  }

  @Override
  public void flush(Path directory) {}
}
