package io.jollyboat.build;

import io.jollyboat.Image;
import io.jollyboat.oci.ImageConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What stages have given so far, and what a {@code from} means. Safe for use by several threads.
 */
final class StageSources {
  private final Build build;
  private final List<BuildStage> stages;
  private final Function<BuildStage, StageResult> results;

  /**
   * @param results waits for a stage that another one needs
   */
  StageSources(Build build, List<BuildStage> stages, Function<BuildStage, StageResult> results) {
    this.build = build;
    this.stages = stages;
    this.results = results;
  }

  StageResult result(BuildStage stage) {
    return results.apply(stage);
  }

  /**
   * For one step.
   *
   * @param links what its names mean; others are earlier stages of that name, which only a trigger
   *     of a base image can mean, or images
   */
  Named named(BuildStage stage, Map<String, Image> links) {
    return new Named() {
      @Override
      public ImageConfig config(String from) {
        return image(stage, links, from);
      }

      @Override
      public Optional<OpenContext> directory(String from) {
        return Optional.ofNullable(build.directories().get(from));
      }
    };
  }

  private ImageConfig image(BuildStage stage, Map<String, Image> links, String from) {
    BuildStage linked = stage.linked().get(links.get(from));
    if (linked != null) {
      return result(linked).config();
    }
    Optional<BuildStage> earlier =
        stages.subList(0, stage.index()).stream()
            .filter(other -> other.image().stageName().isPresent())
            .filter(other -> other.isCalled(Set.of(from)))
            .findFirst();
    return earlier.isPresent()
        ? result(earlier.get()).config()
        : build.pull(from, build.platform()).config();
  }

  /** Finds the image, or the directory, that a {@code from} means. */
  interface Named {
    ImageConfig config(String from);

    /** When it is the name of one. */
    Optional<OpenContext> directory(String from);
  }
}
