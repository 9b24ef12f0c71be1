package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Files with their full paths in an image, from this program. A value. Owner 0:0, directories 0755,
 * files 0644 or 0755 when executable, no time of modification; {@link #owner} and {@link #mode}
 * speak for all of the set. What a path of this machine holds is read when an image is built.
 */
@CheckReturnValue
public final class FileSet {
  private static final FileSet EMPTY = new FileSet(List.of(), "0:0", OptionalInt.empty());

  private final List<Item> items;
  private final String owner;
  private final OptionalInt mode;

  private FileSet(List<Item> items, String owner, OptionalInt mode) {
    this.items = items;
    this.owner = owner;
    this.mode = mode;
  }

  public static FileSet empty() {
    return EMPTY;
  }

  /**
   * Adds one file.
   *
   * @param destination absolute path of the file itself
   * @throws IllegalArgumentException when another file has that destination
   */
  public FileSet file(Path source, String destination) {
    return plus(new Item.File(source.toAbsolutePath(), checked(destination)));
  }

  /**
   * Adds what a directory holds.
   *
   * @param destination absolute path of the directory that receives it
   */
  public FileSet tree(Path directory, String destination) {
    return plus(new Item.Tree(directory.toAbsolutePath(), checked(destination)));
  }

  /** Adds one file with this content. */
  public FileSet bytes(byte[] content, String destination) {
    return plus(new Item.Bytes(content.clone(), checked(destination)));
  }

  /**
   * The owner of all files: {@code user[:group]}, names of the image's passwd and group, or
   * numbers.
   */
  public FileSet owner(String user) {
    return new FileSet(items, user, mode);
  }

  /** The permission bits of all files, not of directories. */
  public FileSet mode(int permissions) {
    if ((permissions & ~07777) != 0) {
      throw new IllegalArgumentException(
          "permissions have at most four octal digits: " + Integer.toOctalString(permissions));
    }
    return new FileSet(items, owner, OptionalInt.of(permissions));
  }

  public List<Item> items() {
    return items;
  }

  public String owner() {
    return owner;
  }

  public OptionalInt mode() {
    return mode;
  }

  private FileSet plus(Item item) {
    Optional<Item> clash =
        items.stream()
            .filter(other -> other.destination().equals(item.destination()))
            .filter(other -> !(other instanceof Item.Tree && item instanceof Item.Tree))
            .findFirst();
    if (clash.isPresent()) {
      throw new IllegalArgumentException(
          "two files for one destination, "
              + item.destination()
              + ": "
              + clash.get()
              + " and "
              + item);
    }
    List<Item> more = new ArrayList<>(items);
    more.add(item);
    return new FileSet(List.copyOf(more), owner, mode);
  }

  private static String checked(String destination) {
    if (!destination.startsWith("/")) {
      throw new IllegalArgumentException(
          "a file's destination is an absolute path in the image, not \"" + destination + "\"");
    }
    for (String part : destination.split("/", -1)) {
      if (part.equals(".") || part.equals("..")) {
        throw new IllegalArgumentException(
            "a file's destination may not contain . or ..: \"" + destination + "\"");
      }
    }
    return destination.length() > 1 && destination.endsWith("/")
        ? destination.substring(0, destination.length() - 1)
        : destination;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FileSet that
        && items.equals(that.items)
        && owner.equals(that.owner)
        && mode.equals(that.mode);
  }

  @Override
  public int hashCode() {
    return Objects.hash(items, owner, mode);
  }

  @Override
  public String toString() {
    return "files " + items;
  }

  /** One thing that was added. Immutable. */
  public sealed interface Item {
    /** Absolute path in the image. */
    String destination();

    /** A file of this machine. */
    record File(Path source, String destination) implements Item {}

    /** What a directory of this machine holds. */
    record Tree(Path directory, String destination) implements Item {}

    /** Bytes of this program. */
    final class Bytes implements Item {
      private final byte[] content;
      private final String destination;

      Bytes(byte[] content, String destination) {
        this.content = content;
        this.destination = destination;
      }

      /** A copy of the bytes. */
      public byte[] content() {
        return content.clone();
      }

      @Override
      public String destination() {
        return destination;
      }

      @Override
      public boolean equals(Object other) {
        return other instanceof Bytes that
            && destination.equals(that.destination)
            && Arrays.equals(content, that.content);
      }

      @Override
      public int hashCode() {
        return 31 * destination.hashCode() + Arrays.hashCode(content);
      }

      @Override
      public String toString() {
        return content.length + " bytes to " + destination;
      }
    }
  }
}
