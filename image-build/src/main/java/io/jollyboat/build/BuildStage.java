package io.jollyboat.build;

import io.jollyboat.Image;
import io.jollyboat.Image.Step;
import io.jollyboat.Progress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One stage that a build runs.
 *
 * @param index in the order in which stages are numbered; those that it needs have lower ones
 * @param below the stage that it is built on
 * @param linked the stage that each image of a step is
 * @param firstStep the number of its FROM
 * @param stepCount of the whole build
 */
record BuildStage(
    int index,
    Image image,
    String name,
    Optional<BuildStage> below,
    Map<Image, BuildStage> linked,
    int firstStep,
    int stepCount) {

  List<Step> steps() {
    return image.steps();
  }

  /** Whether this is what a user calls it, {@code build} or {@code 0}. */
  boolean isCalled(Set<String> names) {
    return names.stream()
        .anyMatch(
            called -> called.equalsIgnoreCase(name) || called.equals(Integer.toString(index)));
  }

  /**
   * A step as people are told of it.
   *
   * @param position 0 is the FROM
   */
  Progress.Step step(int position, String text) {
    return new Progress.Step(firstStep + position, stepCount, name, text);
  }

  @Override
  public boolean equals(@org.jspecify.annotations.Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
