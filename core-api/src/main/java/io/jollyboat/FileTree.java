package io.jollyboat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files of an image, all its layers merged, while a {@link FileStep} changes them.
 *
 * <p>Paths are absolute in the image. Every link on them, its end too where that is not said
 * otherwise, is followed inside the image, whatever it says: {@code /} and {@code ..} never lead
 * out of it. A name that is not UTF-8 has lone surrogates for the bytes that are not. What cannot
 * be done is an {@link UncheckedIOException}, of {@link java.nio.file.NoSuchFileException} where
 * something is missing. Not safe for use by several threads.
 */
public interface FileTree {
  /** What {@link #read} takes into memory at most; {@link #open} has no limit. */
  Size LARGEST_READ = Size.mib(256);

  /** Whether there is anything at the end of the path; a link to nothing is nothing. */
  boolean exists(String path);

  /** What is at a path; a link at its end is itself what is found. */
  Optional<Entry> find(String path);

  /** The names in a directory, in the order of their bytes. */
  List<Entry> list(String directory);

  /**
   * All that is below a directory, itself left out, directories before what they hold. Each is read
   * when it is its turn, and may be deleted by whoever takes entries from the stream. Links are not
   * followed.
   */
  Stream<Entry> walk(String directory);

  /** The bytes of a file; to be closed by the caller. */
  InputStream open(String path);

  /** The bytes of a file of at most {@link #LARGEST_READ}. */
  default byte[] read(String path) {
    int most = Math.toIntExact(LARGEST_READ.bytes());
    try (InputStream in = open(path)) {
      byte[] bytes = in.readNBytes(most);
      if (in.read() >= 0) {
        throw new IOException(path + " has more than " + LARGEST_READ + ": read it with open(...)");
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /** The text of a file, as UTF-8. */
  default String readText(String path) {
    return new String(read(path), StandardCharsets.UTF_8);
  }

  /**
   * Writes a file. A new one has mode 0644 and owner 0:0, and missing directories above it are
   * made; one that is there keeps its mode and owner, and stops being one file with its hard links.
   *
   * @param content read to its end, not closed
   */
  void write(String path, InputStream content);

  /** Writes a file of these bytes. */
  default void write(String path, byte[] content) {
    write(path, new ByteArrayInputStream(content));
  }

  /** Writes a file of this text, as UTF-8. */
  default void write(String path, String text) {
    write(path, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Deletes a file, or a directory with all that is in it; a link at the end itself. */
  void delete(String path);

  /**
   * Changes the permission bits.
   *
   * @param permissions at most 07777
   */
  void mode(String path, int permissions);

  /**
   * Changes the owner.
   *
   * @param user {@code user[:group]}, names of the image's passwd and group, or numbers
   */
  void owner(String path, String user);

  /** Makes a directory, mode 0755, owner 0:0, and those above it; one that is there stays as is. */
  void mkdir(String path);

  /**
   * Makes a symbolic link; anything but a directory that has its name is replaced.
   *
   * @param target what the link says, taken as it is
   */
  void symlink(String path, String target);

  /** What a name stands for. */
  enum Kind {
    FILE,
    DIRECTORY,
    SYMLINK,
    /** A device, FIFO or socket. */
    SPECIAL
  }

  /**
   * One name. Immutable.
   *
   * @param path absolute in the image
   * @param mode permission and set-id bits
   * @param size of a file's content; otherwise 0
   * @param link what a symbolic link says; otherwise empty
   */
  record Entry(
      String path,
      Kind kind,
      int mode,
      int uid,
      int gid,
      Size size,
      Instant modified,
      String link) {
    /** The last component of the path; empty for the root. */
    public String name() {
      return path.substring(path.lastIndexOf('/') + 1);
    }
  }
}
