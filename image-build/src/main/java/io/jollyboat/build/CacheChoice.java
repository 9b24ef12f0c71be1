package io.jollyboat.build;

import io.jollyboat.BuildSpec;
import io.jollyboat.Image;
import io.jollyboat.Progress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which steps of a build must not be taken from the cache.
 *
 * @param all every one
 * @param steps by their numbers
 */
record CacheChoice(boolean all, Set<Integer> steps) {
  CacheChoice {
    steps = Set.copyOf(steps);
  }

  /**
   * @param arguments that bind the FROM lines of text
   * @throws IllegalArgumentException an image that the caller named is no part of the build
   */
  static CacheChoice of(BuildSpec spec, List<BuildStage> stages, Map<String, String> arguments) {
    Set<Integer> steps = new HashSet<>(spec.noCacheSteps());
    for (BuildStage stage : stages) {
      if (stage.isCalled(spec.noCacheStages())) {
        for (int i = 0; i <= stage.steps().size(); i++) {
          steps.add(stage.firstStep() + i);
        }
      }
    }
    for (Image upTo : spec.noCacheImages()) {
      Image bound = upTo.bind(arguments);
      Set<Integer> found = lastSteps(stages, List.of(bound, bound.renamed(spec.images())));
      if (found.isEmpty()) {
        throw new IllegalArgumentException(
            "noCache(Image) names the last step of an image that the build makes on its way, and"
                + " no stage begins with "
                + upTo);
      }
      steps.addAll(found);
    }
    return new CacheChoice(spec.cacheOff(), steps);
  }

  private static Set<Integer> lastSteps(List<BuildStage> stages, List<Image> forms) {
    Set<Integer> steps = new HashSet<>();
    for (BuildStage stage : stages) {
      for (Image start : forms) {
        if (!start.steps().isEmpty() && begins(stage.image(), start)) {
          steps.add(stage.firstStep() + start.steps().size());
        }
      }
    }
    return steps;
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
