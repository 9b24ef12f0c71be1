package io.jollyboat;

import java.util.List;

/**
 * Whether a build would take a step from the cache, and if not, what differs from the most similar
 * step that was done before. Immutable.
 *
 * @param step as the build would tell of it
 * @param cached nothing has to be done
 * @param changes why not; empty when it is cached
 */
public record StepExplanation(Progress.Step step, boolean cached, List<Change> changes) {
  public StepExplanation {
    changes = List.copyOf(changes);
  }

  /** What a step's result depends on. */
  public enum Input {
    /** No such step was done before: there is nothing to compare with. */
    NEW,
    /** The build does not want the cache. */
    CACHE_OFF,
    /** What the step is built on. */
    PARENT,
    /** The instruction, and what its flags and mounts say. */
    INSTRUCTION,
    /** A build argument that the step sees. */
    ARGUMENT,
    /** An environment variable. */
    VARIABLE,
    /** A file that is copied: its content, mode, owner, link target or attributes. */
    FILE,
    /** What is copied as a whole, where its files are not known one by one; a stage's result. */
    SOURCE,
    /** The time that all files get. */
    TIMESTAMP
  }

  /**
   * An input that is not what it was.
   *
   * @param name of the argument, the variable or the file; otherwise empty or the source's name
   * @param before empty when there was none
   * @param after empty when there is none any more
   */
  public record Change(Input input, String name, String before, String after) {

    /** One line: {@code argument VERSION: 1 -> 2}. */
    @Override
    public String toString() {
      StringBuilder text = new StringBuilder(words());
      if (!name.isEmpty()) {
        text.append(' ').append(name);
      }
      if (before.isEmpty() && after.isEmpty()) {
        return text.toString();
      }
      return text.append(": ").append(shown(before)).append(" -> ").append(shown(after)).toString();
    }

    private String words() {
      return switch (input) {
        case NEW -> "never done before";
        case CACHE_OFF -> "the cache is off";
        default -> input.name().toLowerCase(java.util.Locale.ROOT);
      };
    }

    private static String shown(String value) {
      return value.isEmpty() ? "none" : value;
    }
  }

  /** One line for the step, and one for each change. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append("Step ").append(step.number()).append('/').append(step.count());
    text.append(cached ? " cached : " : " to do : ").append(step.text());
    changes.forEach(change -> text.append("\n  ").append(change));
    return text.toString();
  }
}
