package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Which images are removed by {@link Images#prune}. Immutable. */
@CheckReturnValue
public final class PruneSpec {
  private static final PruneSpec DEFAULTS =
      new PruneSpec(false, Optional.empty(), ImageFilter.all());

  private final boolean all;
  private final Optional<Duration> olderThan;
  private final ImageFilter filter;

  private PruneSpec(boolean all, Optional<Duration> olderThan, ImageFilter filter) {
    this.all = all;
    this.olderThan = olderThan;
    this.filter = filter;
  }

  /** Those without a name that are no steps of builds. */
  public static PruneSpec defaults() {
    return DEFAULTS;
  }

  /** Those with names, and steps of builds, too. */
  public PruneSpec all() {
    return new PruneSpec(true, olderThan, filter);
  }

  /** Only those created longer ago. */
  public PruneSpec olderThan(Duration age) {
    return new PruneSpec(all, Optional.of(age), filter);
  }

  /** Only those with a label, whatever it says. */
  public PruneSpec label(String name) {
    return with(f -> f.label(name));
  }

  /** Only those with a label that says this. */
  public PruneSpec label(String name, String value) {
    return with(f -> f.label(name, value));
  }

  /** Only those without a label of this name. */
  public PruneSpec withoutLabel(String name) {
    return with(f -> f.withoutLabel(name));
  }

  private PruneSpec with(UnaryOperator<ImageFilter> change) {
    return new PruneSpec(all, olderThan, change.apply(filter));
  }

  /** Whether an image is one of them now, if nothing needs it. */
  public boolean matches(StoredImage image) {
    return (all || (image.names().isEmpty() && !image.intermediate()))
        && olderThan.filter(age -> !image.created().isBefore(Instant.now().minus(age))).isEmpty()
        && filter.matches(image);
  }
}
