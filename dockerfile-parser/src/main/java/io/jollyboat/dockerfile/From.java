package io.jollyboat.dockerfile;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code FROM [--platform=…] image [AS name]}: begins a stage.
 *
 * @param image an image, the name of an earlier stage, or {@code scratch}
 * @param platform {@code os/arch[/variant]}
 * @param name of the stage, in lower case
 */
public record From(Word image, Optional<Word> platform, Optional<String> name, SourceRange range)
    implements Instruction {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_.-]*");

  public From {
    image = image.joined();
    platform = platform.map(Word::joined);
    name = name.map(n -> n.toLowerCase(Locale.ROOT));
    if (image.isLiteral() && image.value().isEmpty()) {
      throw new IllegalArgumentException("base name (" + image + ") should not be blank");
    }
    if (Blanks.anyIn(image.raw())) {
      throw new IllegalArgumentException("not the name of an image: \"" + image + "\"");
    }
    if (name.isPresent() && !NAME.matcher(name.get()).matches()) {
      throw new IllegalArgumentException(
          "invalid name for build stage: \""
              + name.get()
              + "\", it must begin with a letter and hold only letters, digits, - _ .");
    }
  }

  public static From of(String image) {
    return of(Word.literal(image));
  }

  public static From of(Word image) {
    return new From(image, Optional.empty(), Optional.empty(), SourceRange.NONE);
  }

  /** Names the stage. */
  public From as(String stage) {
    return new From(image, platform, Optional.of(stage), range);
  }

  public From platform(String value) {
    return new From(image, Optional.of(Word.literal(value)), name, range);
  }

  @Override
  public String keyword() {
    return "FROM";
  }

  @Override
  public <R> R accept(InstructionVisitor<R> visitor) {
    return visitor.visitFrom(this);
  }

  @Override
  public From expanded(Lookup variables) {
    return Expansion.of(
        this,
        variables,
        expansion -> new From(expansion.word(image), expansion.word(platform), name, range));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof From that && facts().equals(that.facts());
  }

  @Override
  public int hashCode() {
    return facts().hashCode();
  }

  private List<Object> facts() {
    return List.of(image, platform, name);
  }

  @Override
  public String toString() {
    return new InstructionText(keyword())
        .flag("platform", platform)
        .with(image.raw() + name.map(n -> " AS " + n).orElse(""));
  }
}
