package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;

/** What {@link BuildCache#prune} removes of what is not in use. Immutable. */
@CheckReturnValue
public final class CachePruneSpec {
  private static final CachePruneSpec DEFAULTS =
      new CachePruneSpec(Optional.empty(), Optional.empty(), entry -> true);

  private final Optional<Duration> unusedFor;
  private final Optional<Size> keep;
  private final Predicate<CacheEntry> filter;

  private CachePruneSpec(
      Optional<Duration> unusedFor, Optional<Size> keep, Predicate<CacheEntry> filter) {
    this.unusedFor = unusedFor;
    this.keep = keep;
    this.filter = filter;
  }

  /** All that is not in use. */
  public static CachePruneSpec defaults() {
    return DEFAULTS;
  }

  /** Only what no build has made or taken for so long. */
  public CachePruneSpec unusedFor(Duration age) {
    return new CachePruneSpec(Optional.of(age), keep, filter);
  }

  /** Only until what is not in use has no more than this, the longest unused first. */
  public CachePruneSpec keep(Size size) {
    return new CachePruneSpec(unusedFor, Optional.of(size), filter);
  }

  /**
   * Only these; a step that others were built on stays with them. Called twice, both must agree.
   */
  public CachePruneSpec only(Predicate<CacheEntry> which) {
    return new CachePruneSpec(unusedFor, keep, filter.and(which));
  }

  /** The most that is kept; empty for nothing, when all else allows it to go. */
  public Optional<Size> keep() {
    return keep;
  }

  /** Whether an entry may go now. */
  public boolean matches(CacheEntry entry) {
    return !entry.inUse()
        && unusedFor.filter(age -> entry.lastUsed().isAfter(Instant.now().minus(age))).isEmpty()
        && filter.test(entry);
  }
}
