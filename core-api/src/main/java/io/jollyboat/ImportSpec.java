package io.jollyboat;

import com.google.errorprone.annotations.CheckReturnValue;
import io.jollyboat.dockerfile.Instruction;
import io.jollyboat.oci.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How an archive of a root file system becomes an image. A value. */
@CheckReturnValue
public final class ImportSpec {
  private static final ImportSpec DEFAULTS =
      new ImportSpec(List.of(), Optional.empty(), Platform.current(), List.of());

  private final List<String> tags;
  private final Optional<String> message;
  private final Platform platform;
  private final List<Instruction> changes;

  private ImportSpec(
      List<String> tags, Optional<String> message, Platform platform, List<Instruction> changes) {
    this.tags = List.copyOf(tags);
    this.message = message;
    this.platform = platform;
    this.changes = List.copyOf(changes);
  }

  /** No name, this machine's platform. */
  public static ImportSpec defaults() {
    return DEFAULTS;
  }

  /** One more name for the image. */
  public ImportSpec tag(String reference) {
    List<String> more = new ArrayList<>(tags);
    more.add(reference);
    return new ImportSpec(more, message, platform, changes);
  }

  /** For the image's history. */
  public ImportSpec message(String text) {
    return new ImportSpec(tags, Optional.of(text), platform, changes);
  }

  /** What the files are for. */
  public ImportSpec platform(Platform newPlatform) {
    return new ImportSpec(tags, message, newPlatform, changes);
  }

  /** Changes the image's configuration, by the instructions that {@link CommitSpec#with} takes. */
  public ImportSpec with(Instruction instruction) {
    List<Instruction> more = new ArrayList<>(changes);
    more.add(instruction);
    return new ImportSpec(tags, message, platform, more);
  }

  /**
   * As {@link #with}, written as in a Dockerfile: {@code CMD ["sh"]}.
   *
   * @throws io.jollyboat.dockerfile.DockerfileSyntaxException when it is no instruction
   */
  public ImportSpec change(String instruction) {
    ImportSpec changed = this;
    for (Instruction parsed : CommitSpec.instructions(instruction)) {
      changed = changed.with(parsed);
    }
    return changed;
  }

  public List<String> tags() {
    return tags;
  }

  public Optional<String> message() {
    return message;
  }

  public Platform platform() {
    return platform;
  }

  public List<Instruction> changes() {
    return changes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ImportSpec that
        && tags.equals(that.tags)
        && message.equals(that.message)
        && platform.equals(that.platform)
        && changes.equals(that.changes);
  }

  @Override
  public int hashCode() {
    return Objects.hash(tags, message, platform, changes);
  }

  @Override
  public String toString() {
    return "import as " + tags + " for " + platform + " with " + changes;
  }
}
