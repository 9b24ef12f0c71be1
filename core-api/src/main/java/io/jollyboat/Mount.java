package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import java.nio.file.Path;
import java.util.Objects;

/**
 * What a container sees at a path in place of its image's files. A value. Read-only or not has no
 * default: it is in the name.
 */
@CheckReturnValue
public final class Mount {
  private final Source source;
  private final String target;
  private final boolean readOnly;

  private Mount(Source source, String target, boolean readOnly) {
    if (!target.startsWith("/")) {
      throw new IllegalArgumentException(
          "a mount's path in the container must be absolute: \"" + target + "\"");
    }
    this.source = source;
    this.target = target;
    this.readOnly = readOnly;
  }

  /** A file or directory of this machine, which must exist. */
  public static Mount readOnly(Path host, String container) {
    return new Mount(new Source.Host(host.toAbsolutePath()), container, true);
  }

  /** A file or directory of this machine, which must exist. */
  public static Mount readWrite(Path host, String container) {
    return new Mount(new Source.Host(host.toAbsolutePath()), container, false);
  }

  /** A volume of the store, made when missing. */
  public static Mount volume(String name, String container) {
    return new Mount(new Source.Volume(name), container, false);
  }

  /** Memory that is gone with the container. */
  public static Mount tmpfs(String container, Size limit) {
    return new Mount(new Source.Tmpfs(limit), container, false);
  }

  public Source source() {
    return source;
  }

  /** Absolute path in the container. */
  public String target() {
    return target;
  }

  public boolean readOnly() {
    return readOnly;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Mount that
        && source.equals(that.source)
        && target.equals(that.target)
        && readOnly == that.readOnly;
  }

  @Override
  public int hashCode() {
    return Objects.hash(source, target, readOnly);
  }

  @Override
  public String toString() {
    return source + " on " + target + (readOnly ? ", read-only" : "");
  }

  /** Where the files come from. Immutable. */
  public sealed interface Source {
    /** A file or directory of this machine. */
    record Host(Path path) implements Source {}

    /** A named volume of the store. */
    record Volume(String name) implements Source {}

    /** Memory. */
    record Tmpfs(Size limit) implements Source {}
  }
}
