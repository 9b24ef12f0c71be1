package io.jollyboat.store;

import io.jollyboat.ConflictException;
import io.jollyboat.ImageHistory;
import io.jollyboat.ImageId;
import io.jollyboat.ImageNotFoundException;
import io.jollyboat.Size;
import io.jollyboat.StoreException;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.OciFormatException;
import io.jollyboat.spi.host.FileLocks;
import java.lang.ref.SoftReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Images by id and by name. Safe for use by several threads and processes. */
public final class ImageIndex {
  private static final Pattern ID = Pattern.compile("(?:sha256:)?([a-f0-9]{1,64})");

  private static final int MOST_CONFIGS = 10_000;

  private final StoreFiles files;
  private final BlobStore blobs;
  private final LayerStore layers;
  private final BlobSources sources;
  private final StoreSweep sweep;
  private final ImageManifests manifests;
  private final ImageListing listing;
  private final Map<ImageId, SoftReference<ImageConfig>> configs = new ConcurrentHashMap<>();

  ImageIndex(StoreFiles files, BlobStore blobs, LayerStore layers, BlobSources sources) {
    this.files = files;
    this.blobs = blobs;
    this.layers = layers;
    this.sources = sources;
    this.listing = new ImageListing(files.root().resolve("images"), files.root().resolve("names"));
    this.sweep = new StoreSweep(files, blobs, layers, sources, this);
    this.manifests = new ImageManifests(blobs, layers);
  }

  /**
   * Adds an image that was built here, whose layers are in the store; one that is there already
   * stays what it is, but is no longer intermediate when it is not so here.
   *
   * @param parent the step before it
   * @param intermediate a step of a build, not its result
   * @throws io.jollyboat.StoreException when a layer is missing
   */
  public StoredImage add(ImageConfig config, Optional<ImageId> parent, boolean intermediate) {
    return add(config, parent, intermediate, List.of());
  }

  /**
   * As {@link #add(ImageConfig, Optional, boolean)}, of what is no step, with names. It is never
   * there without them, as another engine's prune would take it.
   *
   * @throws IllegalArgumentException when a reference has a digest
   */
  public StoredImage add(
      ImageConfig config, Optional<ImageId> parent, List<ImageReference> references) {
    references.forEach(ImageIndex::requireNoDigest);
    return add(config, parent, false, references);
  }

  /** Adds images as results, those that are gone again too, with the names that they get. */
  void addNamed(List<StoredImage> images, Consumer<ImageNames> naming) {
    changeNames(
        names -> {
          images.forEach(
              image -> {
                ImageRecord unused = written(image.id(), image.config(), image.parent(), false);
              });
          naming.accept(names);
        });
  }

  private StoredImage add(
      ImageConfig config,
      Optional<ImageId> parent,
      boolean intermediate,
      List<ImageReference> references) {
    ImageId id = new ImageId(blobs.put(config.bytes()));
    FileLocks.Lock lock = lock();
    try {
      ImageRecord record = written(id, config, parent, intermediate);
      ImageNames names = names();
      if (!references.isEmpty()) {
        references.forEach(reference -> names.put(reference, id));
        write(names);
      }
      return stored(id, record, config, names);
    } finally {
      lock.close();
    }
  }

  private ImageRecord written(
      ImageId id, ImageConfig config, Optional<ImageId> parent, boolean intermediate) {
    Size size = size(config);
    Optional<ImageRecord> known = record(id);
    ImageRecord record = known.orElseGet(() -> ImageRecord.of(parent, intermediate, size));
    if (record.step() && !intermediate) {
      record = record.withStep(false);
    }
    write(id, record, known);
    return record;
  }

  /**
   * Adds an image that was pulled, whose layers are in the store, and names it.
   *
   * @param reference what was asked for; it becomes a name with its tag, or else its digest
   * @param resolved the digest that the registry gave for it, of the manifest or of an index
   * @throws io.jollyboat.StoreException when a layer is missing
   */
  public StoredImage addPulled(
      ImageReference reference, Digest resolved, Manifest manifest, ImageConfig config) {
    Size size = size(config);
    ImageId id = new ImageId(blobs.put(config.bytes()));
    FileLocks.Lock lock = lock();
    try {
      Optional<ImageRecord> known = record(id);
      ImageRecord record = known.orElseGet(() -> ImageRecord.of(Optional.empty(), false, size));
      write(id, record.withStep(false), known);
      return named(id, reference, resolved, manifest, config);
    } finally {
      lock.close();
    }
  }

  /**
   * Has an image be pushed as this manifest, which names the layers that {@link #manifestFor} does.
   */
  public void addManifest(ImageId id, Manifest manifest) {
    FileLocks.Lock lock = lock();
    try {
      ImageRecord before = required(id, id.toString());
      write(id, before.withManifest(blobs.put(manifest.bytes())), Optional.of(before));
    } finally {
      lock.close();
    }
  }

  /** Remembers that an image was pushed under a name, as this manifest. */
  public void addPushed(ImageId id, ImageReference reference, Manifest manifest) {
    FileLocks.Lock lock = lock();
    try {
      if (exists(id)) {
        ImageNames names = names();
        ImageRecord unused = received(id, reference, manifest);
        names.put(reference.withDigest(manifest.digest()), id); // its tag may have moved since
        write(names);
      }
    } finally {
      lock.close();
    }
  }

  private StoredImage named(
      ImageId id,
      ImageReference reference,
      Digest resolved,
      Manifest manifest,
      ImageConfig config) {
    ImageRecord record = received(id, reference, manifest);
    ImageNames names = names();
    if (reference.digest().isEmpty()) {
      names.put(reference, id);
    }
    names.put(reference.withDigest(resolved), id);
    write(names);
    return stored(id, record, config, names);
  }

  /** A registry has this manifest, and so its blobs. */
  private ImageRecord received(ImageId id, ImageReference reference, Manifest manifest) {
    ImageRecord before = required(id, id.toString());
    ImageRecord record = before.withManifest(blobs.put(manifest.bytes()));
    write(id, record, Optional.of(before));
    sources.add(manifest.config().digest(), reference);
    manifest.layers().forEach(layer -> sources.add(layer.digest(), reference));
    return record;
  }

  /**
   * Looks for a name first, then for an id or its beginning.
   *
   * @throws ConflictException when several ids begin so
   */
  public Optional<StoredImage> find(String nameOrId) {
    return findId(nameOrId, names()).flatMap(this::find);
  }

  public Optional<StoredImage> find(ImageId id) {
    return record(id).flatMap(record -> read(id, record, names()));
  }

  /** Empty where another process removes the image meanwhile. */
  private Optional<StoredImage> read(ImageId id, ImageRecord record, ImageNames names) {
    try {
      return Optional.of(stored(id, record, config(id), names));
    } catch (StoreException e) {
      if (exists(id)) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private Optional<ImageId> findId(String nameOrId, ImageNames names) {
    Optional<ImageId> byName = parse(nameOrId).flatMap(names::find);
    return byName.isPresent() ? byName : findByPrefix(nameOrId);
  }

  private Optional<ImageId> findByPrefix(String text) {
    var form = ID.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    String prefix = form.group(1);
    List<ImageId> found =
        ids().stream().filter(id -> id.digest().hex().startsWith(prefix)).toList();
    if (found.size() > 1) {
      throw new ConflictException(
          "\"" + text + "\" is the beginning of " + found.size() + " image ids: give more digits",
          text);
    }
    return found.stream().findFirst();
  }

  /** What a name or an id stands for when it is saved. */
  Optional<ArchiveSave.Target> target(String nameOrId) {
    ImageNames names = names();
    Optional<ImageReference> name = parse(nameOrId).filter(n -> names.find(n).isPresent());
    return findId(nameOrId, names)
        .filter(this::exists)
        .map(
            id ->
                new ArchiveSave.Target(
                    id, name.filter(ImageNames::isTag), name.flatMap(names::index)));
  }

  private static Optional<ImageReference> parse(String name) {
    try {
      return Optional.of(ImageReference.parse(name));
    } catch (OciFormatException e) {
      return Optional.empty();
    }
  }

  /** Named images and the results of builds, newest first. */
  public List<StoredImage> list() {
    return listAll().stream().filter(image -> !image.intermediate()).toList();
  }

  /** The steps of builds too. */
  public List<StoredImage> listAll() {
    return listing.get(this::readAll);
  }

  private List<StoredImage> readAll() {
    ImageNames names = names();
    Map<ImageId, Instant> added = new HashMap<>();
    List<StoredImage> all = new ArrayList<>();
    for (ImageId id : ids()) {
      record(id)
          .ifPresent(
              record -> {
                added.put(id, record.added());
                read(id, record, names).ifPresent(all::add);
              });
    }
    Comparator<StoredImage> byTime =
        Comparator.comparing(StoredImage::created)
            .thenComparing(image -> added.getOrDefault(image.id(), Instant.EPOCH));
    all.sort(byTime.reversed());
    return List.copyOf(all);
  }

  /**
   * Gives an image one more name, taking it from the image that had it.
   *
   * @throws ImageNotFoundException when the store has no such image
   * @throws IllegalArgumentException when the reference has a digest
   */
  public void tag(ImageId id, ImageReference reference) {
    requireNoDigest(reference);
    changeNames(
        names -> {
          ImageRecord unused = required(id, id.toString());
          names.tag(reference, id);
        });
  }

  private static void requireNoDigest(ImageReference reference) {
    if (reference.digest().isPresent()) {
      throw new IllegalArgumentException(
          "an image cannot be given a name with a digest: " + reference);
    }
  }

  /**
   * Takes a name away; the image stays.
   *
   * @throws ImageNotFoundException when there is no such name
   */
  public void untag(ImageReference reference) {
    changeNames(
        names -> {
          if (names.find(reference).isEmpty()) {
            throw notFound(reference.toString());
          }
          names.remove(reference);
        });
  }

  void changeNames(Consumer<ImageNames> change) {
    FileLocks.Lock lock = lock();
    try {
      ImageNames names = names();
      change.accept(names);
      write(names);
    } finally {
      lock.close();
    }
  }

  /**
   * Removes a name, and with the last one the image, the steps it was built on that nothing else
   * needs, and their layers and blobs. An image that others were built on only loses its name. By
   * id, all names go.
   *
   * @param users the names of the containers that use an image
   * @throws ImageNotFoundException when the store has no such image
   * @throws ConflictException when a container uses the image, it is pinned, or, asked for by id,
   *     another image was built on it
   */
  public void remove(String nameOrId, Function<ImageId, List<String>> users) {
    FileLocks.Lock lock = lock();
    try {
      ImageNames names = names();
      Optional<ImageReference> name = parse(nameOrId).filter(n -> names.find(n).isPresent());
      ImageId id = findId(nameOrId, names).orElseThrow(() -> notFound(nameOrId));
      new ImageRemoval(this, names, users).remove(id, name, nameOrId);
    } finally {
      lock.close();
    }
    long unused = sweep.now();
  }

  /** Deletes what no image needs, if somebody wanted that and could not at the time. */
  void sweepIfWanted() {
    sweep.ifWanted();
  }

  /**
   * The manifest to push: the one that was received if its layers are here as they were, else one
   * made of the configuration and the layers' compressed blobs, which are made when missing.
   */
  public Manifest manifestFor(ImageId id) {
    return manifests.of(required(id, id.toString()), config(id));
  }

  /** Digests of the manifests that an image was received or pushed with. */
  List<Digest> manifests(ImageId id) {
    return record(id).map(ImageRecord::manifests).orElse(List.of());
  }

  /**
   * How an image came about, the last step first.
   *
   * @throws ImageNotFoundException when the store has no such image
   */
  public List<ImageHistory> history(String nameOrId) {
    StoredImage image = find(nameOrId).orElseThrow(() -> notFound(nameOrId));
    return new ImageHistories(this, layers).of(image);
  }

  Size size(ImageConfig config) {
    return new Size(
        layers.chain(config.diffIds()).stream().mapToLong(layer -> layer.size().bytes()).sum());
  }

  static StoredImage stored(ImageId id, ImageRecord record, ImageConfig config, ImageNames names) {
    List<ImageReference> shown = names.shown(id);
    return new StoredImageRecord(
        id, record.parent(), shown, config, record.size(), record.step() && shown.isEmpty());
  }

  boolean exists(ImageId id) {
    return Files.exists(path(id));
  }

  /** An id is the digest of the document: what was read once stays true. */
  ImageConfig config(ImageId id) {
    if (configs.size() >= MOST_CONFIGS) {
      configs.clear();
    }
    SoftReference<ImageConfig> kept = configs.get(id);
    ImageConfig known = kept == null ? null : kept.get();
    if (known == null) {
      known = ImageConfig.parse(blobs.read(id.digest()));
      configs.put(id, new SoftReference<>(known));
    }
    return known;
  }

  List<ImageId> ids() {
    return files.list("images").stream().map(Digest::ofSha256).map(ImageId::new).toList();
  }

  Optional<ImageRecord> record(ImageId id) {
    return files.read(path(id)).map(ImageRecord::parse);
  }

  ImageRecord required(ImageId id, String asked) {
    return record(id).orElseThrow(() -> notFound(asked));
  }

  void write(ImageId id, ImageRecord record, Optional<ImageRecord> before) {
    if (!Optional.of(record).equals(before)) {
      files.replace(path(id), record.bytes());
    }
  }

  StoreSweep sweeper() {
    return sweep;
  }

  void delete(ImageId id) {
    configs.remove(id);
    files.delete(path(id));
  }

  ImageNames names() {
    return files
        .read(files.root().resolve("names"))
        .map(ImageNames::parse)
        .orElseGet(ImageNames::new);
  }

  void write(ImageNames names) {
    files.replace(files.root().resolve("names"), names.bytes());
  }

  void wantSweep() {
    sweep.want();
  }

  /** Deletes what no image needs, now or as soon as nobody holds a lease. */
  void sweep() {
    sweep.want();
    long unused = sweep.now();
  }

  FileLocks.Lock lock() {
    return files.lock("images");
  }

  private Path path(ImageId id) {
    return files.path("images", id.digest().hex());
  }

  private static ImageNotFoundException notFound(String reference) {
    return new ImageNotFoundException("the store has no image \"" + reference + "\"", reference);
  }
}
