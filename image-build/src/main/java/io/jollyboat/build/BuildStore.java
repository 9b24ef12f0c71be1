package io.jollyboat.build;

import io.jollyboat.ImageId;
import io.jollyboat.StoredImage;
import io.jollyboat.oci.ChainId;
import io.jollyboat.oci.Digest;
import io.jollyboat.oci.ImageConfig;
import io.jollyboat.oci.ImageReference;
import io.jollyboat.spi.host.FileLocks;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a build asks of the store. Safe for use by several threads. */
interface BuildStore {
  Optional<StoredImage> find(ImageId id);

  /** Whether a layer is unpacked and can be mounted. */
  boolean hasLayer(ChainId layer);

  /** The directories of the layers, the uppermost first. */
  List<Path> layersTopFirst(ImageConfig config);

  /**
   * Adds an image whose layers are there; one that is known already stays, but is no longer
   * intermediate when it is not so here.
   */
  StoredImage add(ImageConfig config, Optional<ImageId> parent, boolean intermediate);

  /** As the other {@code add}, of a result, which is never there without its names. */
  StoredImage add(ImageConfig config, Optional<ImageId> parent, List<ImageReference> references);

  /** Names images of different platforms as one, and gives this machine's, or else the first. */
  StoredImage tag(List<StoredImage> platforms, List<ImageReference> references);

  /**
   * The result for a key, if it is known and the image still exists.
   *
   * @param places that results may have been taken from; those that were made here count anyway
   */
  Optional<ImageId> cached(Digest key, Set<String> places);

  /**
   * @param inputs what the key was made of, for people to read
   * @param from the place that it was taken from, when it was not made here
   */
  void remember(Digest key, ImageId image, String inputs, Optional<String> from);

  /** What {@link #remember} was told, the latest first. */
  List<String> earlierInputs();

  /**
   * Makes a layer of these, in this order.
   *
   * @param below the layers that it lies on, the lowest first
   * @return its diff id; empty when there is nothing in it
   */
  Optional<Digest> write(List<Digest> below, Collection<Piece> pieces);

  /**
   * Makes one layer, on nothing, of what some layers are together.
   *
   * @param layers the lowest first
   * @return its diff id; empty when there is nothing in it
   */
  Optional<Digest> squash(List<Digest> layers);

  /** Has the manifest of an image carry these. */
  void annotate(ImageId image, Map<String, String> annotations);

  /** Keeps how an image was built. */
  void keepProvenance(ImageId image, byte[] predicate);

  /** A layer that a container fills. */
  Changes begin();

  /** Locks that other builds see too, those of other processes on the same store. */
  FileLocks locks();

  /** Where the store is. */
  Path root();

  /** Keeps what no image names yet until it is closed. */
  Lease lease();

  /** Held during a build. */
  interface Lease extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * A layer in the making that nobody sees. Closing it deletes it, unless it was committed. Not
   * safe for use by several threads.
   */
  interface Changes extends AutoCloseable {
    Path diff();

    Path work();

    /**
     * @param below the layers that it lies on, the lowest first
     * @param latest later times become this one
     * @return its diff id; empty when nothing was changed
     */
    Optional<Digest> commit(List<Digest> below, Optional<Instant> latest);

    @Override
    void close();
  }
}
