package io.jollyboat;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The images of the store. Safe for use by several threads. */
public interface Images {
  /** Named images and the results of builds, newest first. */
  List<StoredImage> list();

  /** The steps of builds too. */
  List<StoredImage> listAll();

  /** Those that satisfy a filter, steps of builds too, newest first. */
  default List<StoredImage> list(ImageFilter filter) {
    return listAll().stream().filter(filter::matches).toList();
  }

  /**
   * Looks for a name first, then for an id or its beginning.
   *
   * @throws ConflictException when several ids begin so
   */
  Optional<StoredImage> find(String nameOrId);

  /** The images of all platforms that a name stands for, this machine's first. */
  List<StoredImage> platforms(String reference);

  /**
   * Gives an image one more name, taking it from the image that had it.
   *
   * @throws ImageNotFoundException when the store has no such image
   */
  void tag(ImageId id, String reference);

  /**
   * What each step has added to an image, and what of it later layers hide. Reads the names in all
   * layers, and no content.
   *
   * @throws ImageNotFoundException when the store has no such image
   */
  SizeReport sizes(String nameOrId);

  /**
   * The packages that an image's files speak of: those of dpkg, apk and rpm (its SQLite database),
   * of npm in {@code node_modules}, and Maven artifacts in Java archives. Nothing of the image is
   * executed.
   *
   * @throws ImageNotFoundException when the store has no such image
   */
  PackageList packages(String nameOrId);

  /**
   * A statement about an image, as JSON. That of its build names the image by its manifest, for
   * which layers made here are compressed.
   *
   * @throws ImageNotFoundException when the store has no such image
   * @throws ConflictException for the provenance of an image whose build was not asked for it
   */
  String statement(String nameOrId, Statement statement);

  /**
   * Takes a name away; the image stays, dangling if it was the last.
   *
   * @throws ImageNotFoundException when there is no such name
   */
  void untag(String reference);

  /**
   * Removes a name, and the image with the last of them.
   *
   * @throws ImageNotFoundException when the store has no such image
   * @throws ConflictException when a container or another image uses it, which the message names,
   *     or it is pinned
   */
  void remove(String nameOrId);

  /**
   * How an image came about, the last step first.
   *
   * @throws ImageNotFoundException when the store has no such image
   */
  List<ImageHistory> history(String nameOrId);

  /**
   * Keeps an image from being pruned and removed, names or not, until it is unpinned. Pinning twice
   * is pinning once.
   *
   * @throws ImageNotFoundException when the store has no such image
   */
  void pin(ImageId id);

  /**
   * Nothing happens when it is not pinned.
   *
   * @throws ImageNotFoundException when the store has no such image
   */
  void unpin(ImageId id);

  List<StoredImage> pinned();

  /** Removes the images without a name that nothing needs. */
  default Pruned prune() {
    return prune(options -> options);
  }

  /**
   * Removes images that no container uses, that no image is built on that stays, and that are not
   * pinned; and layers and blobs that pulls, builds and loads have left that were killed.
   */
  Pruned prune(UnaryOperator<PruneSpec> options);

  /** Writes one image as {@code docker save} does. */
  default void save(String nameOrId, Path archive) {
    save(List.of(nameOrId), archive, options -> options);
  }

  /**
   * Writes images to a file, or to a directory when the format is an OCI layout. A file is in place
   * only when it is whole.
   *
   * @param namesOrIds names are written with the images; an id alone gives an image without a name
   * @throws ImageNotFoundException when the store lacks one of them; nothing is written then
   * @throws StoreException when it cannot be written
   */
  void save(List<String> namesOrIds, Path destination, UnaryOperator<SaveSpec> options);

  /**
   * Writes images to a stream, which is not closed.
   *
   * @throws ImageNotFoundException when the store lacks one of them; nothing is written then
   * @throws IllegalArgumentException when the format is a directory
   * @throws StoreException when it cannot be written; what came before is
   */
  void save(List<String> namesOrIds, OutputStream archive, UnaryOperator<SaveSpec> options);

  /**
   * Takes in the images of an archive or a directory, with their names: what {@link #save} writes,
   * {@code docker save} of any version, and OCI layouts; an archive may be compressed by gzip,
   * zstd, xz or bzip2. Every byte is compared with its digest. Where a name stands for several
   * platforms, all that are there are taken.
   *
   * @return this machine's image of each name, and those without a name, in the archive's order
   * @throws ContentException when anything is missing, malformed, hostile or not what its digest
   *     says; the store is as it was then
   */
  List<StoredImage> load(Path source);

  /** As {@link #load(Path)}, of an archive that is read to its end and not closed. */
  List<StoredImage> load(InputStream archive);

  /** As {@link #importTar(InputStream, UnaryOperator)}, of a file. */
  StoredImage importTar(Path archive, UnaryOperator<ImportSpec> options);

  /**
   * Makes an image of one layer from an archive of a root file system, compressed or not, as {@code
   * docker import} does.
   *
   * @param archive read to its end and not closed
   * @throws ContentException when the archive is malformed, hostile, too large or empty
   * @throws IllegalArgumentException for changes that no configuration can have
   */
  StoredImage importTar(InputStream archive, UnaryOperator<ImportSpec> options);

  /**
   * All files of an image as one tar, as a container would see them; names that begin with {@code
   * .wh.} are files. The caller closes the stream.
   *
   * @throws ImageNotFoundException when the store has no such image
   */
  InputStream export(String nameOrId);

  /** Reads everything and changes nothing. */
  default Verification verify() {
    return verify(options -> options);
  }

  /**
   * Verifies the store: that every blob has its digest, every layer's files are those of its diff
   * id, and all that is named is there. A layer of which no blob is left and that others made
   * cannot be compared with anything.
   */
  Verification verify(UnaryOperator<VerifySpec> options);

  /**
   * Mounts an image's files for reading, until the result or the engine is closed. Layers and blobs
   * that are removed meanwhile give their space back later.
   *
   * @throws ImageNotFoundException when the store has no such image
   * @throws EngineUnavailableException without root, and before Linux 5.14
   */
  ImageRoot root(ImageId id);
}
