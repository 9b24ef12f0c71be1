package io.jollyboat.dockerfile;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code COPY [--from=…] [--chown=…] [--chmod=…] [--link] [--parents] [--exclude=…] source …
 * destination}, or the words as a JSON list, or {@code <<name} with the file below.
 *
 * @param sources wildcards as Go's {@code filepath.Match} has them
 * @param inline files whose content stands in the Dockerfile
 * @param from a stage's name or index, an image, or a named context; empty for the build context
 * @param parents keep the sources' directories
 */
public record Copy(
    List<Word> sources,
    List<Heredoc> inline,
    Word destination,
    Placement placement,
    Optional<String> from,
    boolean parents,
    SourceRange range)
    implements Transfer {

  public Copy {
    sources = sources.stream().map(Word::joined).toList();
    inline = List.copyOf(inline);
    destination = destination.joined();
    TransferText.check(sources, inline, "COPY");
    if (from.isPresent() && from.get().indexOf('$') >= 0) {
      throw new IllegalArgumentException("variables are not expanded in --from=" + from.get());
    }
  }

  /** A copy that lacks its destination. */
  public static final class Sources {
    private final List<Word> sources;
    private final List<Heredoc> inline;

    private Sources(List<Word> sources, List<Heredoc> inline) {
      this.sources = sources;
      this.inline = inline;
    }

    /** A path in the image, relative to the working directory; with a slash at the end, into it. */
    public Copy to(String destination) {
      return to(Word.literal(destination));
    }

    public Copy to(Word destination) {
      return new Copy(
          sources,
          inline,
          destination,
          Placement.NORMAL,
          Optional.empty(),
          false,
          SourceRange.NONE);
    }
  }

  /** Paths, literally but for the wildcards {@code * ? [}. */
  public static Sources of(String... sources) {
    return new Sources(Stream.of(sources).map(Word::literal).toList(), List.of());
  }

  /** Paths, variables in them expanded. */
  public static Sources of(Word... sources) {
    return new Sources(List.of(sources), List.of());
  }

  /** A file with this content; its name counts when the destination is a directory. */
  public static Sources text(String name, String content) {
    return new Sources(List.of(), List.of(ShellText.file(name, content)));
  }

  /** A stage by name or index, or an image. */
  public Copy from(String stage) {
    return new Copy(sources, inline, destination, placement, Optional.of(stage), parents, range);
  }

  /** {@code user[:group]}. */
  public Copy chown(String owner) {
    return with(placement.chown(Word.literal(owner)));
  }

  /** {@code user[:group]}, expanded. */
  public Copy chown(Word owner) {
    return with(placement.chown(owner));
  }

  /** Octal or symbolic, expanded. */
  public Copy chmod(Word mode) {
    return with(placement.chmod(mode));
  }

  /** Octal or symbolic. */
  public Copy chmod(String mode) {
    return with(placement.chmod(Word.literal(mode)));
  }

  /** As a layer of its own. */
  public Copy link() {
    return with(placement.linked());
  }

  /** Leaves out what a pattern of {@code .dockerignore} matches. */
  public Copy exclude(String pattern) {
    return with(placement.exclude(pattern));
  }

  /** Keeps the sources' directories. */
  public Copy withParents() {
    return new Copy(sources, inline, destination, placement, from, true, range);
  }

  private Copy with(Placement other) {
    return new Copy(sources, inline, destination, other, from, parents, range);
  }

  @Override
  public String keyword() {
    return "COPY";
  }

  @Override
  public <R> R accept(InstructionVisitor<R> visitor) {
    return visitor.visitCopy(this);
  }

  @Override
  public Copy expanded(Lookup variables) {
    return Expansion.of(
        this,
        variables,
        expansion ->
            new Copy(
                expansion.words(sources),
                expansion.bodies(inline),
                expansion.word(destination),
                placement.expanded(expansion),
                from,
                parents,
                range));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Copy that && facts().equals(that.facts());
  }

  @Override
  public int hashCode() {
    return facts().hashCode();
  }

  private List<Object> facts() {
    return List.of(sources, inline, destination, placement, from, parents);
  }

  @Override
  public String toString() {
    return TransferText.print(
        this, new InstructionText(keyword()).flag("from", from).flag("parents", parents));
  }
}
