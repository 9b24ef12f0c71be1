package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import io.jollyboat.dockerfile.Dockerfile;
import io.jollyboat.dockerfile.Instruction;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a container's changes become an image. A value. */
@CheckReturnValue
public final class CommitSpec {
  private static final CommitSpec DEFAULTS =
      new CommitSpec(List.of(), Optional.empty(), Optional.empty(), List.of(), true);

  private final List<String> tags;
  private final Optional<String> message;
  private final Optional<String> author;
  private final List<Instruction> changes;
  private final boolean pauses;

  private CommitSpec(
      List<String> tags,
      Optional<String> message,
      Optional<String> author,
      List<Instruction> changes,
      boolean pauses) {
    this.tags = List.copyOf(tags);
    this.message = message;
    this.author = author;
    this.changes = List.copyOf(changes);
    this.pauses = pauses;
  }

  /** No name, and the container is paused meanwhile. */
  public static CommitSpec defaults() {
    return DEFAULTS;
  }

  /** One more name for the image. */
  public CommitSpec tag(String reference) {
    return new CommitSpec(with(tags, reference), message, author, changes, pauses);
  }

  /** For the image's history. */
  public CommitSpec message(String text) {
    return new CommitSpec(tags, Optional.of(text), author, changes, pauses);
  }

  public CommitSpec author(String name) {
    return new CommitSpec(tags, message, Optional.of(name), changes, pauses);
  }

  /**
   * Changes the image's configuration: CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, ONBUILD,
   * SHELL, STOPSIGNAL, USER, VOLUME or WORKDIR.
   */
  public CommitSpec with(Instruction instruction) {
    return new CommitSpec(tags, message, author, with(changes, instruction), pauses);
  }

  /**
   * As {@link #with}, written as in a Dockerfile: {@code CMD ["sh"]}.
   *
   * @throws io.jollyboat.dockerfile.DockerfileSyntaxException when it is no instruction
   */
  public CommitSpec change(String instruction) {
    CommitSpec changed = this;
    for (Instruction parsed : instructions(instruction)) {
      changed = changed.with(parsed);
    }
    return changed;
  }

  static List<Instruction> instructions(String text) {
    return Dockerfile.parse("FROM scratch\n" + text, "change").stages().get(0).instructions();
  }

  /** The container's processes run on, and may be in the middle of something. */
  public CommitSpec withoutPause() {
    return new CommitSpec(tags, message, author, changes, false);
  }

  private static <T> List<T> with(List<T> list, T more) {
    List<T> all = new ArrayList<>(list);
    all.add(more);
    return all;
  }

  public List<String> tags() {
    return tags;
  }

  public Optional<String> message() {
    return message;
  }

  public Optional<String> author() {
    return author;
  }

  public List<Instruction> changes() {
    return changes;
  }

  /** False when {@link #withoutPause()} was asked for. */
  public boolean pauses() {
    return pauses;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CommitSpec that
        && tags.equals(that.tags)
        && message.equals(that.message)
        && author.equals(that.author)
        && changes.equals(that.changes)
        && pauses == that.pauses;
  }

  @Override
  public int hashCode() {
    return Objects.hash(tags, message, author, changes, pauses);
  }

  @Override
  public String toString() {
    return "commit as " + tags + " with " + changes;
  }
}
