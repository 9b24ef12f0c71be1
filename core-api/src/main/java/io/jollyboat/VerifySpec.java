package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;

/** How thoroughly a store is verified, and whether it is repaired. A value. */
@CheckReturnValue
public final class VerifySpec {
  private static final VerifySpec DEFAULTS = new VerifySpec(true, false);

  private final boolean contents;
  private final boolean repairs;

  private VerifySpec(boolean contents, boolean repairs) {
    this.contents = contents;
    this.repairs = repairs;
  }

  /** Everything is read, nothing is changed. */
  public static VerifySpec defaults() {
    return DEFAULTS;
  }

  /** What names what is looked at, and no content of blobs and layers: milliseconds. */
  public VerifySpec quick() {
    return new VerifySpec(false, repairs);
  }

  /**
   * Repairs what was found. For a minute at most it waits until nobody pulls, builds, loads or
   * reads an image's files, then is a {@link ConflictException}. Layers are unpacked again from
   * their blobs; what is unneeded or wrong is deleted; an image goes only when it cannot be made
   * whole, and not while a container uses it.
   */
  public VerifySpec repair() {
    return new VerifySpec(contents, true);
  }

  /** False when {@link #quick()} was asked for. */
  public boolean contents() {
    return contents;
  }

  public boolean repairs() {
    return repairs;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VerifySpec that && contents == that.contents && repairs == that.repairs;
  }

  @Override
  public int hashCode() {
    return (contents ? 1 : 0) + (repairs ? 2 : 0);
  }

  @Override
  public String toString() {
    return (contents ? "verify" : "verify quickly") + (repairs ? " and repair" : "");
  }
}
