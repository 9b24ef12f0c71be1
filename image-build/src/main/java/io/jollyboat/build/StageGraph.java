package io.jollyboat.build;

import io.jollyboat.Image;
import io.jollyboat.Image.Base;
import io.jollyboat.Image.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The stages that an image needs, each before those that use it, equal ones once, their steps
 * numbered in that order.
 */
final class StageGraph {
  private final Map<String, String> arguments;
  private final Map<String, Image> named;
  private final List<Image> order = new ArrayList<>();
  private final Map<Image, Integer> known = new HashMap<>();

  private StageGraph(Map<String, String> arguments, Map<String, Image> named) {
    this.arguments = arguments;
    this.named = named;
  }

  /**
   * The stages in order; the last one is the image itself.
   *
   * @param arguments of the build and the platforms, which bind those of FROM lines
   * @param named what names mean that are not what the text says
   */
  static List<BuildStage> of(Image image, Map<String, String> arguments, Map<String, Image> named) {
    StageGraph graph = new StageGraph(arguments, named);
    graph.visit(image, true);
    return graph.numbered();
  }

  /**
   * @param renames false for what a name means, and all below it: there it is the name of an image
   */
  private int visit(Image image, boolean renames) {
    Integer seen = known.get(image);
    if (seen != null) {
      return seen;
    }
    boolean renamesHere = renames && !named.containsValue(image);
    Image linked = image.bind(arguments);
    Image bound = renamesHere ? linked.renamed(named) : linked;
    if (bound.base() instanceof Base.Stage stage) {
      visit(stage.image(), renamesHere);
    }
    for (Step step : bound.steps()) {
      if (step instanceof Step.Written written) {
        written.stages().values().forEach(used -> visit(used, renamesHere));
      }
    }
    int index = known.computeIfAbsent(bound, b -> added(b));
    known.put(image, index);
    return index;
  }

  private int added(Image bound) {
    order.add(bound);
    return order.size() - 1;
  }

  private List<BuildStage> numbered() {
    int count = order.stream().mapToInt(image -> 1 + image.steps().size()).sum();
    List<BuildStage> stages = new ArrayList<>();
    int next = 1;
    for (Image image : order) {
      int index = stages.size();
      String name = image.stageName().orElse(Integer.toString(index));
      stages.add(
          new BuildStage(
              index, image, name, below(image, stages), links(image, stages), next, count));
      next += 1 + image.steps().size();
    }
    return List.copyOf(stages);
  }

  private int indexOf(Image image) {
    return Objects.requireNonNull(known.get(image));
  }

  private Optional<BuildStage> below(Image image, List<BuildStage> earlier) {
    return image.base() instanceof Base.Stage stage
        ? Optional.of(earlier.get(indexOf(stage.image())))
        : Optional.empty();
  }

  private Map<Image, BuildStage> links(Image image, List<BuildStage> earlier) {
    Map<Image, BuildStage> links = new LinkedHashMap<>();
    for (Step step : image.steps()) {
      if (step instanceof Step.Written written) {
        for (Image stage : written.stages().values()) {
          links.put(stage, earlier.get(indexOf(stage)));
        }
      }
    }
    return links;
  }
}
