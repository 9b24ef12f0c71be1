package io.jollyboat.build;

import io.jollyboat.BuildSpec;
import io.jollyboat.Image;
import io.jollyboat.Progress;
import java.util.HashSet;
import java.util.Set;

/**
 * Which steps of a stage must not be taken from the cache.
 *
 * @param all every one
 * @param steps by their numbers in the build
 */
record CacheChoice(boolean all, Set<Integer> steps) {
  CacheChoice {
    steps = Set.copyOf(steps);
  }

  static CacheChoice of(BuildSpec spec, BuildStage stage) {
    Set<Integer> steps = new HashSet<>(spec.noCacheSteps());
    for (Image upTo : spec.noCacheImages()) {
      if (!upTo.steps().isEmpty() && begins(stage.image(), upTo)) {
        steps.add(stage.firstStep() + upTo.steps().size());
      }
    }
    return new CacheChoice(spec.cacheOff() || stage.isCalled(spec.noCacheStages()), steps);
  }

  private static boolean begins(Image image, Image start) {
    int length = start.steps().size();
    return image.base().equals(start.base())
        && image.steps().size() >= length
        && image.steps().subList(0, length).equals(start.steps());
  }

  boolean isOff(Progress.Step step) {
    return all || steps.contains(step.number());
  }
}
