package io.jollyboat.dockerfile;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code VOLUME path …} or {@code VOLUME ["path", …]}: directories whose content a container keeps.
 *
 * @param paths at least one, none empty
 */
public record Volume(List<Word> paths, SourceRange range) implements Instruction {

  public Volume {
    paths = paths.stream().map(Word::joined).toList();
    if (paths.isEmpty()) {
      throw new IllegalArgumentException("VOLUME needs at least one path");
    }
    if (paths.stream().anyMatch(p -> p.isLiteral() && p.value().isEmpty())) {
      throw new IllegalArgumentException("VOLUME paths must not be empty");
    }
  }

  public static Volume of(String... paths) {
    return new Volume(Stream.of(paths).map(Word::literal).toList(), SourceRange.NONE);
  }

  @Override
  public String keyword() {
    return "VOLUME";
  }

  @Override
  public <R> R accept(InstructionVisitor<R> visitor) {
    return visitor.visitVolume(this);
  }

  @Override
  public Volume expanded(Lookup variables) {
    return Expansion.of(this, variables, e -> new Volume(e.words(paths), range));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Volume that && paths.equals(that.paths);
  }

  @Override
  public int hashCode() {
    return paths.hashCode();
  }

  @Override
  public String toString() {
    return InstructionText.of(keyword(), InstructionText.list(paths));
  }
}
