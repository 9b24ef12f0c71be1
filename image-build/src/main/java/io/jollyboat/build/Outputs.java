package io.jollyboat.build;

import io.jollyboat.BuildSpec;
import io.jollyboat.Output;

/** What is asked of a build's result. */
final class Outputs {
  private Outputs() {}

  /** Whether there is to be no image. */
  static boolean isCacheOnly(BuildSpec spec) {
    return spec.outputs().stream().anyMatch(Output.CacheOnly.class::isInstance);
  }

  /**
   * What cannot be written should not be built first.
   *
   * @throws IllegalArgumentException for outputs that exclude each other, or need a name
   */
  static void check(BuildSpec spec) {
    if (isCacheOnly(spec) && (spec.outputs().size() > 1 || !spec.tags().isEmpty())) {
      throw new IllegalArgumentException(
          "a build for the cache only has no tag and no other output: leave out cacheOnly()");
    }
    if (spec.platforms().size() < 2) {
      return;
    }
    for (Output output : spec.outputs()) {
      if (output instanceof Output.Directory || output instanceof Output.Tar) {
        throw new IllegalArgumentException(
            output + " takes the files of one platform, not of " + spec.platforms());
      }
      if (output instanceof Output.Saved && spec.tags().isEmpty()) {
        throw new IllegalArgumentException(
            output + " takes several platforms by their name: give them one with tag(...)");
      }
    }
  }
}
