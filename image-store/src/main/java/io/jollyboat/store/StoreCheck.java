package io.jollyboat.store;

import io.jollyboat.ConflictException;
import io.jollyboat.ContentException;
import io.jollyboat.ImageId;
import io.jollyboat.InterruptedOperationException;
import io.jollyboat.Size;
import io.jollyboat.StoreException;
import io.jollyboat.Verification;
import io.jollyboat.Verification.Finding;
import io.jollyboat.Verification.Kind;
import io.jollyboat.VerifySpec;
import io.jollyboat.oci.ChainId;
import io.jollyboat.oci.Descriptor;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.Manifest;
import io.jollyboat.oci.OciFormatException;
import io.jollyboat.spi.host.FileLocks;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Verify, as a list of steps: blobs, images, layers, names, cache, what nothing needs. */
final class StoreCheck {
  private static final int CHUNK = 128 * 1024;
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  private final StoreFiles files;
  private final BlobStore blobs;
  private final LayerStore layers;
  private final ImageIndex images;
  private final BuildCache cache;
  private final StoreSweep sweep;
  private final VerifySpec spec;
  private final Function<ImageId, List<String>> users;
  private final LayerCheck trees;
  private final List<Finding> findings = new ArrayList<>();
  private final Map<ImageId, ImageConfig> configs = new LinkedHashMap<>();
  private int blobCount;
  private int imageCount;
  private int layerCount;
  private long read;

  /** Whether a container runs on layers that are not known, so that none may be touched. */
  private boolean blind;

  /**
   * @param users the names of the containers that use an image
   */
  StoreCheck(
      StoreFiles files,
      BlobStore blobs,
      LayerStore layers,
      ImageIndex images,
      BuildCache cache,
      StoreSweep sweep,
      VerifySpec spec,
      Function<ImageId, List<String>> users) {
    this.files = files;
    this.blobs = blobs;
    this.layers = layers;
    this.images = images;
    this.cache = cache;
    this.sweep = sweep;
    this.spec = spec;
    this.users = users;
    this.trees = new LayerCheck(files, blobs, layers);
  }

  Verification run() {
    StoreSweep.Orphans orphans = sweep.orphans();
    FileLocks.Lock lease = spec.repairs() ? alone() : files.sharedLock(StoreSweep.LEASE);
    try {
      blobs.list().forEach(this::blob);
      images.ids().forEach(this::image);
      layers.list().forEach(this::layer);
      configs.forEach(this::layersOf);
      new ReferenceCheck(images, blobs, cache, spec.repairs()).find(findings);
      orphans(orphans);
    } finally {
      lease.close();
    }
    if (spec.repairs() && !blind) {
      images.sweep();
    }
    Size bytes = new Size(read + trees.read());
    return new Verification(imageCount, layerCount, blobCount, bytes, findings);
  }

  /** What others take for granted while they work may go in a repair. */
  private FileLocks.Lock alone() {
    long end = System.nanoTime() + LONGEST_WAIT.toNanos();
    while (true) {
      Optional<FileLocks.Lock> lock = files.tryLock(StoreSweep.LEASE);
      if (lock.isPresent()) {
        return lock.get();
      }
      if (System.nanoTime() > end) {
        throw new ConflictException(
            "the store cannot be repaired: somebody pulls, builds, loads, saves or reads an image's"
                + " files; verify it again when that has ended",
            "lease");
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedOperationException("interrupted before a repair", e);
    }
  }

  private void found(
      Kind kind, Object subject, String message, List<ImageId> broken, boolean repaired) {
    findings.add(new Finding(kind, subject.toString(), message, broken, repaired));
  }

  private void blob(Digest digest) {
    blobCount++;
    Path file = blobs.path(digest);
    if (!spec.contents() || hash(digest, file).equals(digest)) {
      return;
    }
    boolean mended = spec.repairs() && users.apply(new ImageId(digest)).isEmpty();
    if (mended) {
      blobs.delete(digest);
    }
    found(
        Kind.BLOB_DAMAGED,
        digest,
        "blob " + digest + " is damaged: " + file + " has another content",
        List.of(),
        mended);
  }

  private Digest hash(Digest like, Path file) {
    MessageDigest hasher = like.hasher();
    byte[] chunk = new byte[CHUNK];
    try (InputStream content = Files.newInputStream(file)) {
      for (int count = content.read(chunk); count >= 0; count = content.read(chunk)) {
        StoreFiles.checkInterrupt("verifying blob " + like);
        hasher.update(chunk, 0, count);
        read += count;
      }
      return Digest.of(hasher);
    } catch (IOException e) {
      throw StoreFiles.failure("blob " + like + " cannot be read", e);
    }
  }

  private void image(ImageId id) {
    imageCount++;
    String why = whyUnreadable(id);
    if (!why.isEmpty()) {
      blind |= !users.apply(id).isEmpty();
      found(
          Kind.IMAGE_DAMAGED,
          id,
          "image " + id + " cannot be read: " + why + "; pull or build it again",
          List.of(id),
          removed(List.of(id)));
    }
  }

  /** Empty when it can be read. What the disk refuses to give is no damage, and ends this. */
  private String whyUnreadable(ImageId id) {
    Optional<byte[]> document = files.read(blobs.path(id.digest()));
    if (document.isEmpty()) {
      return "its configuration is missing";
    }
    try {
      images.record(id).ifPresent(unused -> {});
      ImageConfig config = ImageConfig.parse(document.get());
      if (!config.id().equals(id.digest())) {
        return "its configuration has another digest";
      }
      configs.put(id, config);
      return "";
    } catch (IllegalArgumentException | DateTimeException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Whether a repair removes images that cannot be made whole; containers keep theirs. */
  private boolean removed(List<ImageId> broken) {
    if (!spec.repairs() || broken.stream().anyMatch(id -> !users.apply(id).isEmpty())) {
      return false;
    }
    broken.forEach(new ImageRetention(images)::forget);
    return true;
  }

  private List<ImageId> having(ChainId layer) {
    List<ImageId> all = new ArrayList<>();
    configs.forEach(
        (id, config) -> {
          if (ChainId.ofEach(config.diffIds()).contains(layer)) {
            all.add(id);
          }
        });
    return all;
  }

  private void layer(ChainId id) {
    layerCount++;
    Optional<Layer> layer = readable(id);
    LayerCheck.State state =
        layer.isEmpty()
            ? LayerCheck.State.DAMAGED
            : spec.contents() ? trees.state(layer.get()) : LayerCheck.State.WHOLE;
    if (state == LayerCheck.State.WHOLE) {
      return;
    }
    List<ImageId> having = having(id);
    List<String> containers = having.stream().flatMap(i -> users.apply(i).stream()).toList();
    String message = "layer " + id + " is damaged: its files are not those that it was made of";
    if (!containers.isEmpty()) {
      String first = containers.get(0);
      message += "; container " + first + " uses it, and it is repaired once that is removed";
    }
    boolean mended = spec.repairs() && containers.isEmpty() && !blind && mend(id, layer, state);
    found(Kind.LAYER_DAMAGED, id, message, mended ? List.of() : having, mended);
  }

  /** Empty when its record is missing or malformed. */
  private Optional<Layer> readable(ChainId id) {
    try {
      return layers.find(id);
    } catch (StoreException e) {
      if (e.getCause() instanceof IOException) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /**
   * A layer that is certainly wrong and cannot be unpacked again goes; its images are found to lack
   * it next.
   */
  private boolean mend(ChainId id, Optional<Layer> layer, LayerCheck.State state) {
    if (layer.isPresent() && trees.restore(layer.get())) {
      return true;
    }
    if (state == LayerCheck.State.DAMAGED) {
      layers.delete(id);
      return true;
    }
    return false;
  }

  private void layersOf(ImageId id, ImageConfig config) {
    List<ChainId> chain = ChainId.ofEach(config.diffIds());
    for (int i = 0; i < chain.size(); i++) {
      if (layers.exists(chain.get(i))) {
        continue;
      }
      boolean again = spec.repairs() && unpackedAgain(id, config, chain, i);
      List<ImageId> broken = again ? List.of() : List.of(id);
      String message = "layer " + chain.get(i) + " of image " + id + " is missing";
      boolean repaired = again || removed(broken);
      found(
          Kind.LAYER_MISSING,
          chain.get(i),
          again ? message : message + "; pull or build the image again",
          broken,
          repaired);
      if (!again) {
        return;
      }
    }
  }

  private boolean unpackedAgain(ImageId id, ImageConfig config, List<ChainId> chain, int at) {
    for (Digest digest : images.manifests(id)) {
      try {
        Descriptor blob = Manifest.parse(blobs.read(digest)).layers().get(at);
        Optional<ChainId> parent = at == 0 ? Optional.empty() : Optional.of(chain.get(at - 1));
        Layer unused = layers.unpack(parent, config.diffIds().get(at), blob);
        return true;
      } catch (StoreException
          | OciFormatException
          | ContentException
          | IndexOutOfBoundsException e) {
        // Another manifest may do.
      }
    }
    return false;
  }

  /** What somebody has begun to need meanwhile is none. */
  private void orphans(StoreSweep.Orphans before) {
    StoreSweep.Orphans now = sweep.among(before.layers(), before.blobs());
    now.layers().forEach(id -> orphan("layer", id));
    now.blobs().forEach(digest -> orphan("blob", digest));
  }

  private void orphan(String what, Object id) {
    found(Kind.ORPHAN, id, what + " " + id + " is needed by nothing", List.of(), spec.repairs());
  }
}
