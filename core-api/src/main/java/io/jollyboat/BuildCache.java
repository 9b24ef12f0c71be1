package io.jollyboat;

import java.io.OutputStream;
import java.util.List;
import java.util.function.UnaryOperator;

/** What builds have left in the store for later ones. Safe for use by several threads. */
public interface BuildCache {
  /** Steps and cache mounts, the latest used first. */
  List<CacheEntry> list();

  /** Removes all that is not in use. */
  default List<CacheEntry> prune() {
    return prune(options -> options);
  }

  /**
   * Removes what is not in use, as {@code docker builder prune} does: {@code prune(cache ->
   * cache.unusedFor(Duration.ofDays(7)).keep(Size.parse("10g")))}. What an image that is no step
   * was made of stays.
   *
   * @return what was removed
   */
  List<CacheEntry> prune(UnaryOperator<CachePruneSpec> options);

  /**
   * Writes what a cache mount holds as a tar archive.
   *
   * @param mount as {@link CacheEntry#id()} has it
   * @param archive not closed
   * @throws ConflictException when there is no such mount
   * @throws StoreException when the archive cannot be written
   */
  void export(String mount, OutputStream archive);
}
