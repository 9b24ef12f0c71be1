package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a container sees at a path in place of its image's files. A value. Of a bind, read-only or
 * not has no default: it is in the name.
 */
@CheckReturnValue
public final class Mount {
  private final Options options; // never changed once it is here

  private Mount(Options options) {
    this.options = options;
  }

  private static Mount of(Source source, String target, boolean readOnly) {
    if (!target.startsWith("/")) {
      throw new IllegalArgumentException(
          "a mount's path in the container must be absolute: \"" + target + "\"");
    }
    Options options = new Options(source, target);
    options.readOnly = readOnly;
    return new Mount(options);
  }

  /**
   * A file or directory of this machine, which must exist unless {@link #createMissing}; with all
   * that is mounted below it, read-only too.
   */
  public static Mount readOnly(Path host, String container) {
    return of(new Source.Host(host.toAbsolutePath()), container, true);
  }

  /**
   * A file or directory of this machine, which must exist unless {@link #createMissing}; with all
   * that is mounted below it.
   */
  public static Mount readWrite(Path host, String container) {
    return of(new Source.Host(host.toAbsolutePath()), container, false);
  }

  /**
   * A volume of the store, made when missing. One that was never used before is filled with what
   * the image has at the path, unless {@link #noCopy}.
   *
   * @throws IllegalArgumentException when the name is none for a volume
   */
  public static Mount volume(String name, String container) {
    return of(new Source.Volume(Volume.checkName(name)), container, false);
  }

  /** A new volume without a name, filled as a named one is and removed with the container. */
  public static Mount anonymous(String container) {
    return of(new Source.Anonymous(), container, false);
  }

  /** Memory that is gone with the container, half of the machine's at most; mode 1777. */
  public static Mount tmpfs(String container) {
    return of(new Source.Tmpfs(Optional.empty(), OptionalInt.empty()), container, false);
  }

  /** Memory that is gone with the container; mode 1777. */
  public static Mount tmpfs(String container, Size limit) {
    return of(new Source.Tmpfs(Optional.of(limit), OptionalInt.empty()), container, false);
  }

  /** The files of an image, read-only. The image is pulled as the container's own would be. */
  public static Mount image(String reference, String container) {
    return of(new Source.Image(reference), container, true);
  }

  /**
   * A directory of this machine that the container can change without changing it: what it writes
   * is gone with it. File systems mounted below the directory are not seen.
   */
  public static Mount overlay(Path host, String container) {
    return of(new Source.Overlay(host.toAbsolutePath(), Optional.empty()), container, false);
  }

  /**
   * As {@link #overlay(Path, String)}, with the changes kept.
   *
   * @param changes a directory, made when missing, for one container at a time; {@code upper} in it
   *     holds what was changed as overlayfs writes it (a deletion is a character device 0:0),
   *     {@code work} is overlayfs's own. A later container with the same directory goes on from it
   */
  public static Mount overlay(Path host, Path changes, String container) {
    Source source =
        new Source.Overlay(host.toAbsolutePath(), Optional.of(changes.toAbsolutePath()));
    return of(source, container, false);
  }

  /** The container cannot write to it. */
  public Mount readOnly() {
    return with(changed -> changed.readOnly = true);
  }

  /**
   * @throws IllegalArgumentException when it is not a bind of a path of this machine
   */
  public Mount propagation(Propagation propagation) {
    require(source() instanceof Source.Host, "propagation", "a bind of a path of this machine");
    return with(changed -> changed.propagation = propagation);
  }

  /**
   * A missing source is made, a directory with its parents, as {@code docker run -v} does.
   *
   * @throws IllegalArgumentException when it is not of a path of this machine
   */
  public Mount createMissing() {
    boolean host = source() instanceof Source.Host || source() instanceof Source.Overlay;
    require(host, "createMissing", "a path of this machine");
    return with(changed -> changed.createMissing = true);
  }

  /**
   * Only a directory or file in it, by a relative path. Links are followed inside the volume or
   * image.
   *
   * @throws IllegalArgumentException when it is neither a volume nor an image, or the path is not
   *     relative
   */
  public Mount subPath(String path) {
    boolean inside = source() instanceof Source.Volume || source() instanceof Source.Image;
    require(inside, "subPath", "a named volume or an image");
    if (path.isEmpty() || path.startsWith("/")) {
      throw new IllegalArgumentException("a sub path must be relative: \"" + path + "\"");
    }
    return with(changed -> changed.subPath = Optional.of(path));
  }

  /**
   * The volume is not filled with what the image has.
   *
   * @throws IllegalArgumentException when it is not a volume
   */
  public Mount noCopy() {
    boolean volume = source() instanceof Source.Volume || source() instanceof Source.Anonymous;
    require(volume, "noCopy", "a volume");
    return with(changed -> changed.copies = false);
  }

  /**
   * Permissions of a tmpfs's root.
   *
   * @throws IllegalArgumentException when it is not a tmpfs, or for bits outside 07777
   */
  public Mount mode(int permissions) {
    if ((permissions & ~07777) != 0) {
      throw new IllegalArgumentException(
          "mode with bits outside 07777: " + Integer.toOctalString(permissions));
    }
    if (source() instanceof Source.Tmpfs tmpfs) {
      Source changedSource = new Source.Tmpfs(tmpfs.limit(), OptionalInt.of(permissions));
      return with(changed -> changed.source = changedSource);
    }
    throw misplaced("mode", "a tmpfs");
  }

  private void require(boolean holds, String option, String what) {
    if (!holds) {
      throw misplaced(option, what);
    }
  }

  private IllegalArgumentException misplaced(String option, String what) {
    return new IllegalArgumentException(option + " is for " + what + ", not for " + this);
  }

  public Source source() {
    return options.source;
  }

  /** Absolute path in the container. */
  public String target() {
    return options.target;
  }

  /** Whether the container can write to it. */
  public boolean writable() {
    return !options.readOnly;
  }

  public Propagation propagation() {
    return options.propagation;
  }

  /** Whether {@link #createMissing()} was asked for. */
  public boolean createsMissing() {
    return options.createMissing;
  }

  public Optional<String> subPath() {
    return options.subPath;
  }

  /** False when {@link #noCopy()} was asked for. */
  public boolean copies() {
    return options.copies;
  }

  private Mount with(Consumer<Options> change) {
    Options copy = new Options(options);
    change.accept(copy);
    return new Mount(copy);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Mount that && options.equals(that.options);
  }

  @Override
  public int hashCode() {
    return options.hashCode();
  }

  @Override
  public String toString() {
    return options.source
        + options.subPath.map(path -> "/" + path).orElse("")
        + " on "
        + options.target
        + (options.readOnly ? ", read-only" : "");
  }

  /** Where the files come from. Immutable. */
  public sealed interface Source {
    /** A file or directory of this machine. */
    record Host(Path path) implements Source {
      @Override
      public String toString() {
        return path.toString();
      }
    }

    /** A named volume of the store. */
    record Volume(String name) implements Source {
      @Override
      public String toString() {
        return "volume " + name;
      }
    }

    /** A volume of the container's own. */
    record Anonymous() implements Source {
      @Override
      public String toString() {
        return "a new volume";
      }
    }

    /** Memory. */
    record Tmpfs(Optional<Size> limit, OptionalInt mode) implements Source {
      @Override
      public String toString() {
        return "tmpfs" + limit.map(size -> " of " + size).orElse("");
      }
    }

    /** An image's files. */
    record Image(String reference) implements Source {
      @Override
      public String toString() {
        return "image " + reference;
      }
    }

    /** A directory of this machine below a layer of changes. */
    record Overlay(Path path, Optional<Path> changes) implements Source {
      @Override
      public String toString() {
        return "overlay of " + path;
      }
    }
  }

  private static final class Options {
    Source source;
    final String target;
    boolean readOnly;
    Propagation propagation = Propagation.RPRIVATE;
    boolean createMissing;
    Optional<String> subPath = Optional.empty();
    boolean copies = true;

    Options(Source source, String target) {
      this.source = source;
      this.target = target;
    }

    Options(Options from) {
      source = from.source;
      target = from.target;
      readOnly = from.readOnly;
      propagation = from.propagation;
      createMissing = from.createMissing;
      subPath = from.subPath;
      copies = from.copies;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Options that
          && source.equals(that.source)
          && target.equals(that.target)
          && readOnly == that.readOnly
          && propagation == that.propagation
          && createMissing == that.createMissing
          && subPath.equals(that.subPath)
          && copies == that.copies;
    }

    @Override
    public int hashCode() {
      return Objects.hash(source, target, readOnly, propagation, createMissing, subPath, copies);
    }
  }
}
